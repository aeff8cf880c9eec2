from decimal import Decimal, InvalidOperation

from .models import TaskExecution

TASK_TYPES = dict(TaskExecution.Type.choices)


class Invalid(Exception):
    """What was sent can't be used; the text says why."""


def identifier(value, name):
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise Invalid(f"{name} must be an id.")
    text = str(value)
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 19):
        raise Invalid(f"{name} must be an id.")
    return int(text)


def amount(value):
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Invalid("amount must be a decimal number.")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise Invalid("amount must be a decimal number.") from error
    if not number.is_finite() or not Decimal("1000") <= number < Decimal("100000000"):
        raise Invalid("amount must be from 1000.00 to 99999999.99.")
    if number != number.quantize(Decimal("0.01")):
        raise Invalid("amount has two decimal places at most.")
    return number.quantize(Decimal("0.01"))


def tenure(value):
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 4:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 360:
        raise Invalid("tenure_months must be a whole number from 1 to 360.")
    return value


def task_type(value):
    if value not in TASK_TYPES:
        raise Invalid("Unknown task type.")
    return value
