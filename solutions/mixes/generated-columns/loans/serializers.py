from rest_framework import serializers

from .models import Loan, TaskExecution


class NewLoanSerializer(serializers.ModelSerializer):
    class Meta:
        model = Loan
        fields = ["customer", "amount", "tenure_months"]

    def validate_customer(self, customer):
        if customer.user_id != self.context["request"].user.pk:
            raise serializers.ValidationError("You can apply for yourself only.")
        return customer


class NewTaskSerializer(serializers.Serializer):
    loan_id = serializers.IntegerField(min_value=1)
    task_type = serializers.ChoiceField(choices=TaskExecution.Type.choices)


class DoneTaskSerializer(serializers.Serializer):
    task_id = serializers.IntegerField(min_value=1)
