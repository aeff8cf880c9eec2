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
    idle_since = serializers.SerializerMethodField()

    class Meta:
        model = Loan
        fields = "__all__"

    def get_idle_since(self, loan):
        if loan.current_task:
            return None
        last = loan.tasks.filter(is_completed=True).order_by("-completed_at").first()
        return last.completed_at if last else loan.created_at
