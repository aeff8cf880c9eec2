from rest_framework import serializers

from .models import Loan, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    step = serializers.SerializerMethodField()

    def get_step(self, task):
        return TaskExecution.objects.filter(loan_id=task.loan_id, id__lte=task.id).count()

    class Meta:
        model = TaskExecution
        fields = "__all__"


class LoanSerializer(serializers.ModelSerializer):
    customer_name = serializers.CharField(source="customer.user.username", read_only=True)
    current_task_type = serializers.CharField(
        source="current_task.task_type", read_only=True, default=None
    )
    tasks = TaskExecutionSerializer(many=True, read_only=True)

    class Meta:
        model = Loan
        fields = "__all__"
