from django.db import IntegrityError
from rest_framework import status, views
from rest_framework.exceptions import APIException


class Conflict(APIException):
    """A rule that is broken, in a view or below one; the API answers it with a refusal."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "This conflicts with what is stored already."
    default_code = "conflict"


def exception_handler(exc, context):
    # A constraint speaks up when something went past the lock (the admin, a shell): a refusal, no crash.
    if isinstance(exc, IntegrityError):
        exc = Conflict()
    return views.exception_handler(exc, context)
