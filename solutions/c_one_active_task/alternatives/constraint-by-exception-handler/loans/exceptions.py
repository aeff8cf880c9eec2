from django.db import IntegrityError
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler


def conflict_handler(exc, context):
    if isinstance(exc, IntegrityError):
        return Response({"error": "Conflict"}, status=status.HTTP_409_CONFLICT)
    return exception_handler(exc, context)
