from rest_framework import serializers

from .models import Loan, TaskExecution


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

    class Meta:
        model = Loan
        fields = "__all__"

    def get_customer_name(self, loan):
        names = self.context.setdefault("names", {})
        if loan.customer_id not in names:
            names[loan.customer_id] = loan.customer.user.username
        return names[loan.customer_id]
