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
        fields = "__all__"


class TaskCreateSerializer(serializers.Serializer):
    loan_id = serializers.PrimaryKeyRelatedField(queryset=Loan.objects.all(), source="loan")
    task_type = serializers.ChoiceField(choices=TaskExecution.Type.choices)

    def validate_loan_id(self, loan):
        if loan.tasks.filter(is_completed=False).exists():
            raise serializers.ValidationError("Loan already has an active task.")
        return loan

    def create(self, validated_data):
        return TaskExecution.objects.create(**validated_data)
