import re
from dataclasses import dataclass
from decimal import Decimal

from rest_framework.exceptions import ValidationError

from .models import TaskExecution

AMOUNT = re.compile(r"[1-9][0-9]{3,7}\.[0-9]{2}", re.ASCII)


def _whole(data, name, least, most):
    value = data.get(name)
    if type(value) is not int or not least <= value <= most:
        raise ValidationError({name: [f"A whole number from {least} to {most} is needed."]})
    return value


@dataclass(frozen=True)
class LoanInput:
    customer: int
    amount: Decimal
    tenure_months: int

    @classmethod
    def of(cls, data):
        amount = data.get("amount")
        if not isinstance(amount, str) or not AMOUNT.fullmatch(amount):
            raise ValidationError({"amount": ["At least 1000.00, as text with two places."]})
        return cls(
            _whole(data, "customer", 1, 2**63 - 1),
            Decimal(amount),
            _whole(data, "tenure_months", 1, 360),
        )


@dataclass(frozen=True)
class TaskInput:
    loan_id: int
    task_type: str

    @classmethod
    def of(cls, data):
        task_type = data.get("task_type")
        if not isinstance(task_type, str) or task_type not in TaskExecution.Type.values:
            raise ValidationError({"task_type": ["Unknown."]})
        return cls(_whole(data, "loan_id", 1, 2**63 - 1), task_type)


@dataclass(frozen=True)
class CompleteInput:
    task_id: int

    @classmethod
    def of(cls, data):
        return cls(_whole(data, "task_id", 1, 2**63 - 1))
