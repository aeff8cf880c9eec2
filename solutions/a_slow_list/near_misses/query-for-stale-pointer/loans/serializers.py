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
    next_open_task = serializers.SerializerMethodField()
    tasks = TaskExecutionSerializer(many=True, read_only=True)

    class Meta:
        model = Loan
        fields = "__all__"

    def get_next_open_task(self, loan):
        """Where the pointer is stale, the task that is really open."""
        task = loan.current_task
        if task is not None and task.is_completed:
            task = loan.tasks.filter(is_completed=False).first()
        return task.pk if task else None
