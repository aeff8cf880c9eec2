from rest_framework import serializers

from .models import Customer, Loan, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskExecution
        fields = ["id", "loan", "task_type", "is_completed", "started_at", "completed_at"]


class LoanSerializer(serializers.ModelSerializer):
    customer = serializers.SlugRelatedField(slug_field="pk", queryset=Customer.objects.none())
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
        read_only_fields = ["status", "created_at", "current_task"]

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            own = Customer.objects.filter(user=self.context["request"].user)
            fields["customer"].queryset = own
        return fields


class OwnLoanTaskSerializer(serializers.Serializer):
    loan_id = serializers.IntegerField(min_value=1)
    task_type = serializers.ChoiceField(choices=TaskExecution.Type.choices)


class OwnTaskSerializer(serializers.Serializer):
    task_id = serializers.IntegerField(min_value=1)
