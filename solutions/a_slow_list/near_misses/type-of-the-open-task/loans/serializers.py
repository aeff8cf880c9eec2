from rest_framework import serializers

from .models import Loan, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskExecution
        fields = "__all__"


class LoanSerializer(serializers.ModelSerializer):
    customer_name = serializers.CharField(source="customer.user.username", read_only=True)
    current_task_type = serializers.SerializerMethodField()
    tasks = TaskExecutionSerializer(many=True, read_only=True)

    def get_current_task_type(self, loan):
        return next((task.task_type for task in loan.tasks.all() if not task.is_completed), None)

    class Meta:
        model = Loan
        fields = "__all__"
