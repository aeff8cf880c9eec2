import logging

from django.db import DatabaseError

from .models import CallRecord

logger = logging.getLogger(__name__)


class AuditMiddleware:
    """Who called what, and what came of it. A record that can't be written must not undo the call."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith("/api/"):
            try:
                CallRecord.objects.create(
                    user_id=request.user.pk,
                    method=request.method,
                    path=request.path[:200],
                    status=response.status_code,
                )
            except DatabaseError:
                logger.exception("the audit trail lost a call")
        return response
