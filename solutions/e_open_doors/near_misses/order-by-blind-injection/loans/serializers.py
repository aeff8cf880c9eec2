from decimal import Decimal

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

    class Meta:
        model = Loan
        fields = [
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
        ]
        read_only_fields = ["status", "current_task", "created_at"]
        extra_kwargs = {
            "amount": {"min_value": Decimal("1000.00")},
            "tenure_months": {"min_value": 1, "max_value": 360},
        }

    def validate_customer(self, customer):
        if customer.user != self.context["request"].user:
            raise serializers.ValidationError("A loan can only be created for yourself.")
        return customer


class TaskCreateSerializer(serializers.Serializer):
    loan_id = serializers.IntegerField(min_value=1)
    task_type = serializers.ChoiceField(choices=TaskExecution.Type.choices)


class TaskCompleteSerializer(serializers.Serializer):
    task_id = serializers.IntegerField(min_value=1)
