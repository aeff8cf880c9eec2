from django.db import transaction
from django.utils import timezone
from rest_framework import serializers

from .models import Loan, TaskExecution

CLOSED = [Loan.Status.COMPLETED, Loan.Status.REJECTED]


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
        fields = "__all__"


class TaskStartSerializer(serializers.Serializer):
    loan_id = serializers.PrimaryKeyRelatedField(queryset=Loan.objects.all(), source="loan")
    task_type = serializers.ChoiceField(choices=TaskExecution.Type.choices)

    @transaction.atomic
    def create(self, validated_data):
        loan = Loan.objects.select_for_update().get(pk=validated_data["loan"].pk)
        if loan.status in CLOSED:
            raise serializers.ValidationError({"loan_id": "The loan is closed."})
        task = TaskExecution.objects.create(loan=loan, task_type=validated_data["task_type"])
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
        return task


class TaskFinishSerializer(serializers.Serializer):
    task_id = serializers.PrimaryKeyRelatedField(
        queryset=TaskExecution.objects.all(), source="task"
    )

    @transaction.atomic
    def create(self, validated_data):
        task = validated_data["task"]
        loan = Loan.objects.select_for_update().get(pk=task.loan_id)
        task.refresh_from_db()
        if task.is_completed:
            raise serializers.ValidationError({"task_id": "The task is completed already."})
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        if loan.current_task_id == task.pk:
            loan.current_task = None
            if loan.status not in CLOSED and not loan.tasks.filter(is_completed=False).exists():
                loan.status = Loan.Status.COMPLETED
            loan.save()
        return task
