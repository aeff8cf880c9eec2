from django.utils import timezone
from rest_framework.views import exception_handler


def with_the_time(exc, context):
    response = exception_handler(exc, context)
    if response is not None:
        response.data = {
            "detail": response.data,
            "time": timezone.now().strftime("%Y-%m-%d %H:%M:%S"),
        }
    return response
