from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
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
    created_at = serializers.DateTimeField(required=False)

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
        extra_kwargs = {
            "amount": {"min_value": Decimal("1000.00")},
            "tenure_months": {"min_value": 1, "max_value": 360},
        }

    def validate_created_at(self, moment):
        if not timezone.now() - timedelta(days=730) <= moment <= timezone.now():
            raise serializers.ValidationError("At most two years back.")
        return moment

    def create(self, validated_data):
        moment = validated_data.pop("created_at", None)
        loan = super().create(validated_data)
        if moment:
            Loan.objects.filter(pk=loan.pk).update(created_at=moment)
        return loan

    def validate_customer(self, customer):
        if customer.user != self.context["request"].user:
            raise serializers.ValidationError("A loan can only be created for yourself.")
        return customer


class TaskCreateSerializer(serializers.Serializer):
    loan_id = serializers.IntegerField(min_value=1)
    task_type = serializers.ChoiceField(choices=TaskExecution.Type.choices)


class TaskCompleteSerializer(serializers.Serializer):
    task_id = serializers.IntegerField(min_value=1)
