from rest_framework import serializers

from .models import Loan, LoanOverview, TaskExecution


class TaskExecutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskExecution
        fields = "__all__"


class LoanOverviewSerializer(serializers.ModelSerializer):
    customer = serializers.IntegerField(source="customer_id")
    current_task = serializers.IntegerField(source="current_task_id")
    tasks = TaskExecutionSerializer(many=True)

    class Meta:
        model = LoanOverview
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


class LoanSerializer(serializers.ModelSerializer):
    customer_name = serializers.CharField(source="customer.user.username", read_only=True)
    current_task_type = serializers.CharField(
        source="current_task.task_type", read_only=True, default=None
    )
    tasks = TaskExecutionSerializer(many=True, read_only=True)

    class Meta:
        model = Loan
        fields = "__all__"
