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
    paid_out = serializers.SerializerMethodField()

    def get_paid_out(self, loan):
        if loan.amount < 100_000:
            return None
        done = TaskExecution.objects.filter(loan=loan, is_completed=True)
        return done.filter(task_type=TaskExecution.Type.DISBURSEMENT).exists()

    class Meta:
        model = Loan
        fields = "__all__"
