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
    last_task_type = serializers.SerializerMethodField()

    class Meta:
        model = Loan
        fields = "__all__"

    def get_last_task_type(self, loan):
        task = loan.tasks.order_by("-id").first()
        return task.task_type if task else None
