from django.db import DatabaseError
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler


def custom_exception_handler(exc, context):
    """Never show a server error for a problem in the database."""
    if isinstance(exc, DatabaseError):
        return Response(
            {"error": "The request conflicts with another one. Please try again."},
            status=status.HTTP_409_CONFLICT,
        )
    return exception_handler(exc, context)
