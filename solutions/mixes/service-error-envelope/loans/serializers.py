from decimal import Decimal

from rest_framework import serializers

from .models import Customer, Loan, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskExecution
        fields = ("id", "loan", "task_type", "is_completed", "started_at", "completed_at")
        read_only_fields = fields


class LoanSerializer(serializers.ModelSerializer):
    customer_name = serializers.CharField(source="customer.user.username", read_only=True)
    amount = serializers.DecimalField(max_digits=10, decimal_places=2, min_value=Decimal("1000"))
    tenure_months = serializers.IntegerField(min_value=1, max_value=360)
    current_task_type = serializers.CharField(
        source="current_task.task_type", read_only=True, default=None
    )
    tasks = TaskExecutionSerializer(many=True, read_only=True)

    class Meta:
        model = Loan
        fields = (
            "id",
            "customer",
            "customer_name",
            "amount",
            "tenure_months",
            "status",
            "created_at",
            "current_task",
            "current_task_type",
            "tasks",
        )
        read_only_fields = ("status", "created_at", "current_task")

    def validate_customer(self, customer: Customer):
        if customer.user_id != self.context["request"].user.id:
            raise serializers.ValidationError("You can only apply for yourself.")
        return customer


class StartTaskInput(serializers.Serializer):
    loan_id = serializers.IntegerField(min_value=1)
    task_type = serializers.ChoiceField(choices=TaskExecution.Type.choices)


class CompleteTaskInput(serializers.Serializer):
    task_id = serializers.IntegerField(min_value=1)
