from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError
from rest_framework import status, views
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.fields import get_error_detail


class Conflict(APIException):
    """A rule that is broken, in a view or below one; the API answers it with a refusal."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "This conflicts with what is stored already."
    default_code = "conflict"


def exception_handler(exc, context):
    # A constraint speaks up when something went past the lock (the admin, a shell): a refusal, no crash.
    if isinstance(exc, IntegrityError):
        exc = Conflict()
    if isinstance(exc, DjangoValidationError):
        exc = ValidationError(get_error_detail(exc))
    return views.exception_handler(exc, context)
