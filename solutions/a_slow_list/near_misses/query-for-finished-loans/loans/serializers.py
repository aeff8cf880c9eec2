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
    finished_at = serializers.SerializerMethodField()

    def get_finished_at(self, loan):
        if loan.status != Loan.Status.COMPLETED:
            return None
        last = TaskExecution.objects.filter(loan=loan).order_by("-completed_at").first()
        return last.completed_at if last else None

    class Meta:
        model = Loan
        fields = "__all__"
