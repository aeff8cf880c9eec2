from django.db import transaction
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from .exceptions import Conflict
from .models import Customer, Loan, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskExecution
        fields = ["id", "loan", "task_type", "is_completed", "started_at", "completed_at"]
        read_only_fields = ["id", "loan", "is_completed", "started_at", "completed_at"]


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

    def validate_customer(self, customer: Customer) -> Customer:
        if customer.user_id != self.context["request"].user.id:
            raise serializers.ValidationError("Invalid customer.")
        return customer


class TaskCreateSerializer(serializers.ModelSerializer):
    loan_id = serializers.IntegerField(min_value=1)

    class Meta:
        model = TaskExecution
        fields = ["loan_id", "task_type"]

    @transaction.atomic
    def create(self, validated_data):
        user = self.context["request"].user
        loan = (
            Loan.objects.select_for_update(of=("self",))
            .filter(pk=validated_data["loan_id"], customer__user=user)
            .first()
        )
        if loan is None:
            raise NotFound()
        if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
            raise Conflict("The loan is closed.")
        if TaskExecution.objects.filter(loan=loan, is_completed=False).exists():
            raise Conflict("The loan already has an active task.")
        task = super().create(validated_data)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save(update_fields=["current_task", "status"])
        return task

    def to_representation(self, instance):
        return {"message": "Task created", "task_id": instance.pk}


class TaskCompleteSerializer(serializers.Serializer):
    task_id = serializers.IntegerField(min_value=1)

    @transaction.atomic
    def create(self, validated_data):
        user = self.context["request"].user
        mine = TaskExecution.objects.filter(loan__customer__user=user)
        task = mine.filter(pk=validated_data["task_id"]).first()
        if task is None:
            raise NotFound()
        loan = Loan.objects.select_for_update().get(pk=task.loan_id)
        return self.update(mine.get(pk=task.pk), {"loan": loan})

    def update(self, instance, validated_data):
        loan = validated_data["loan"]
        if instance.is_completed:
            return instance
        instance.is_completed = True
        instance.completed_at = timezone.now()
        instance.save(update_fields=["is_completed", "completed_at"])
        if loan.current_task_id == instance.pk:
            loan.current_task = None
            last = instance.task_type == TaskExecution.Type.DISBURSEMENT
            if last and loan.status == Loan.Status.IN_PROGRESS:
                loan.status = Loan.Status.COMPLETED
            loan.save(update_fields=["current_task", "status"])
        return instance

    def to_representation(self, instance):
        return {"message": "Task completed", "task_id": instance.pk}
