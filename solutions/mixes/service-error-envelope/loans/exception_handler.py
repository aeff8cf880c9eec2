import uuid

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from .errors import LoanError


def envelope(code, message, details=None):
    return {
        "error": {
            "code": code,
            "message": message,
            "details": details,
            "request_id": str(uuid.uuid4()),
            "timestamp": timezone.now().isoformat(),
        }
    }


def api_exception_handler(exc, context):
    if isinstance(exc, LoanError):
        set_rollback()
        return Response(envelope(exc.code, exc.message), status=exc.status)
    response = exception_handler(exc, context)
    if response is not None:
        code = getattr(exc, "default_code", "error")
        response.data = envelope(code, "The request was not accepted.", response.data)
    return response
