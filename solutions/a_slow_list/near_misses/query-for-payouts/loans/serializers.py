from rest_framework import serializers

from .models import Loan, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskExecution
        fields = "__all__"


class LoanSerializer(serializers.ModelSerializer):
    customer_name = serializers.CharField(source="customer.user.username", read_only=True)
    current_task_type = serializers.CharField(
        source="current_task.task_type", read_only=True, default=None
    )
    tasks = TaskExecutionSerializer(many=True, read_only=True)
    checked_at = serializers.SerializerMethodField()

    def get_checked_at(self, loan):
        task = loan.current_task
        if task is None or task.task_type != TaskExecution.Type.DISBURSEMENT:
            return None
        checks = TaskExecution.objects.filter(loan=loan, task_type=TaskExecution.Type.CREDIT_CHECK)
        return checks.values_list("completed_at", flat=True).first()

    class Meta:
        model = Loan
        fields = "__all__"
