from rest_framework import serializers

from .models import Loan, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskExecution
        fields = ["id", "loan", "task_type", "is_completed", "started_at", "completed_at"]


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
            "reference",
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
        read_only_fields = ["reference", "status", "created_at", "current_task"]

    def validate_customer(self, customer):
        if customer.user_id != self.context["request"].user.pk:
            raise serializers.ValidationError("That is not you.")
        return customer


class MyLoan(serializers.PrimaryKeyRelatedField):
    def get_queryset(self):
        return Loan.objects.filter(customer__user=self.context["request"].user)


class MyTask(serializers.PrimaryKeyRelatedField):
    def get_queryset(self):
        return TaskExecution.objects.filter(loan__customer__user=self.context["request"].user)


class StartSerializer(serializers.Serializer):
    loan_id = MyLoan(pk_field=serializers.IntegerField(min_value=1))
    task_type = serializers.ChoiceField(choices=TaskExecution.Type.choices)

    def create(self, validated_data):
        return validated_data["loan_id"].start_task(validated_data["task_type"])


class CompleteSerializer(serializers.Serializer):
    task_id = MyTask(pk_field=serializers.IntegerField(min_value=1))

    def create(self, validated_data):
        task = validated_data["task_id"]
        task.complete()
        return task
