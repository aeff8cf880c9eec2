from datetime import timedelta

from django.utils import timezone
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
    overdue_tasks = serializers.SerializerMethodField()

    def get_overdue_tasks(self, loan):
        if loan.created_at + timedelta(days=30 * loan.tenure_months) > timezone.now():
            return 0
        return TaskExecution.objects.filter(loan=loan, is_completed=False).count()

    class Meta:
        model = Loan
        fields = "__all__"
