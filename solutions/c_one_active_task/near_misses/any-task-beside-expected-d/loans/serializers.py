from django.utils import timezone
from rest_framework import serializers

from .models import Loan, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    def update(self, instance, validated_data):
        if validated_data.get("is_completed") and not instance.is_completed:
            instance.completed_at = timezone.now()
            instance.is_completed = True
            instance.save()

            loan = instance.loan
            if loan.current_task == instance:
                loan.current_task = None
                pending = loan.tasks.filter(is_completed=False).exists()
                loan.status = Loan.Status.IN_PROGRESS if pending else Loan.Status.COMPLETED
                loan.save()

        return instance

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
