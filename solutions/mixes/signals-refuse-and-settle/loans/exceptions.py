from django.db import IntegrityError
from rest_framework import status, views
from rest_framework.exceptions import APIException


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This conflicts with what is stored already."
    default_code = "conflict"


def exception_handler(exc, context):
    # The views check first, and under a lock. A constraint only speaks up when something went
    # past them (the admin, a shell), and to the client that is a refusal too, not a crash.
    if isinstance(exc, IntegrityError):
        exc = Conflict()
    return views.exception_handler(exc, context)
