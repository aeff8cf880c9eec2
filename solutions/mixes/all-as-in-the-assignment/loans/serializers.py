from django.utils import timezone
from rest_framework import serializers

from .models import Loan, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskExecution
        fields = "__all__"

    def update(self, instance, validated_data):
        if validated_data.get("is_completed") and not instance.is_completed:
            # Mark as completed
            instance.completed_at = timezone.now()
            instance.is_completed = True
            instance.save()

            # Update loan status
            loan = instance.loan
            if loan.current_task == instance:
                loan.current_task = None  # Clear pointer

                # Check if all tasks done
                pending = loan.tasks.filter(is_completed=False).exists()
                if not pending:
                    loan.status = "COMPLETED"
                else:
                    loan.status = "IN_PROGRESS"

                loan.save()

        return instance


class LoanSerializer(serializers.ModelSerializer):
    customer_name = serializers.CharField(source="customer.user.username", read_only=True)
    current_task_type = serializers.CharField(
        source="current_task.task_type", read_only=True, default=None
    )
    tasks = TaskExecutionSerializer(many=True, read_only=True)

    class Meta:
        model = Loan
        fields = [
            "id",
            "amount",
            "tenure_months",
            "customer",
            "customer_name",
            "status",
            "current_task",
            "current_task_type",
            "created_at",
            "tasks",
        ]
        read_only_fields = ["status", "current_task", "created_at"]
