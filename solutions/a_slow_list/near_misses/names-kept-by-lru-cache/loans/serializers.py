from functools import lru_cache

from rest_framework import serializers

from .models import Customer, Loan, TaskExecution


@lru_cache(maxsize=10_000)
def name_of(customer_id):
    return Customer.objects.values_list("user__username", flat=True).get(pk=customer_id)


class TaskExecutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskExecution
        fields = "__all__"


class LoanSerializer(serializers.ModelSerializer):
    customer_name = serializers.SerializerMethodField()
    current_task_type = serializers.CharField(
        source="current_task.task_type", read_only=True, default=None
    )
    tasks = TaskExecutionSerializer(many=True, read_only=True)

    def get_customer_name(self, loan):
        return name_of(loan.customer_id)

    class Meta:
        model = Loan
        fields = "__all__"
