from rest_framework import serializers

from .models import Customer, Loan, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskExecution
        fields = ["id", "loan", "task_type", "is_completed", "started_at", "completed_at"]


class OwnCustomerField(serializers.PrimaryKeyRelatedField):
    """The caller's own customer; anybody else's is answered like one that does not exist."""

    def get_queryset(self):
        return Customer.objects.filter(user=self.context["request"].user)


class LoanSerializer(serializers.ModelSerializer):
    customer = OwnCustomerField(pk_field=serializers.IntegerField())
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
        read_only_fields = ["status", "current_task"]


class TaskCreateSerializer(serializers.Serializer):
    loan_id = serializers.IntegerField(min_value=1)
    # The message leaves the input out: a lone surrogate in it could not be encoded in the answer.
    task_type = serializers.ChoiceField(
        choices=TaskExecution.Type.choices, error_messages={"invalid_choice": "Not a task type."}
    )


class TaskCompleteSerializer(serializers.Serializer):
    task_id = serializers.IntegerField(min_value=1)
