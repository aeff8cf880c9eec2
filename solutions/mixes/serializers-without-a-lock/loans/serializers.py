from django.db import transaction
from django.utils import timezone
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

    def validate_customer(self, value):
        if value.user_id != self.context["request"].user.id:
            raise serializers.ValidationError("You can only create loans for yourself.")
        return value


class TaskCreateSerializer(serializers.Serializer):
    """Validates and creates a task in one atomic step."""

    loan_id = serializers.IntegerField(min_value=1)
    task_type = serializers.ChoiceField(choices=TaskExecution.Type.choices)

    def validate_loan_id(self, value):
        user = self.context["request"].user
        loan = Loan.objects.filter(pk=value, customer__user=user).first()
        if loan is None:
            raise serializers.ValidationError("Loan not found.")
        self.loan = loan
        return value

    def validate(self, attrs):
        if self.loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
            raise serializers.ValidationError("Loan is closed.")
        if self.loan.tasks.filter(is_completed=False).exists():
            raise serializers.ValidationError("Loan already has an active task.")
        return attrs

    @transaction.atomic
    def create(self, validated_data):
        task = TaskExecution.objects.create(
            loan=self.loan, task_type=validated_data["task_type"]
        )
        self.loan.current_task = task
        self.loan.status = Loan.Status.IN_PROGRESS
        self.loan.save(update_fields=["current_task", "status"])
        return task


class TaskCompleteSerializer(serializers.Serializer):
    task_id = serializers.IntegerField(min_value=1)

    def validate_task_id(self, value):
        user = self.context["request"].user
        tasks = TaskExecution.objects.select_related("loan")
        self.task = tasks.filter(pk=value, loan__customer__user=user).first()
        if self.task is None:
            raise serializers.ValidationError("Task not found.")
        return value

    @transaction.atomic
    def create(self, validated_data):
        task, loan = self.task, self.task.loan
        if task.is_completed:
            return task
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save(update_fields=["is_completed", "completed_at"])
        if loan.current_task_id == task.id:
            loan.current_task = None
            if (
                task.task_type == TaskExecution.Type.DISBURSEMENT
                and loan.status == Loan.Status.IN_PROGRESS
                and not loan.tasks.filter(is_completed=False).exists()
            ):
                loan.status = Loan.Status.COMPLETED
            loan.save(update_fields=["current_task", "status"])
        return task
