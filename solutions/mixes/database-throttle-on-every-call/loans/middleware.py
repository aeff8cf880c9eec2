from datetime import timedelta

from django.http import JsonResponse
from django.utils import timezone

from .models import ApiCall

PERIOD = timedelta(minutes=1)
LIMITS = {"/api/tasks/create/": 60}
LIMIT_ELSEWHERE = 600


class ApiGate:
    """Nobody reaches the API without a session, or more often than the limits allow."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return JsonResponse({"error": "Sign in first."}, status=401)
        ApiCall.objects.create(user=request.user, path=request.path[:100])
        recent = ApiCall.objects.filter(
            user=request.user, path=request.path[:100], made_at__gt=timezone.now() - PERIOD
        )
        if recent.count() > LIMITS.get(request.path, LIMIT_ELSEWHERE):
            return JsonResponse({"error": "Too many calls."}, status=429)
        return self.get_response(request)
