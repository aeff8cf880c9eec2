from django.core.exceptions import ValidationError as ModelError
from rest_framework.exceptions import ValidationError
from rest_framework.views import exception_handler


def handle(exc, context):
    """What a model refuses is the caller's 400."""
    if isinstance(exc, ModelError):
        exc = ValidationError({"detail": exc.messages})
    return exception_handler(exc, context)
