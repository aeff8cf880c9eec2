import json

from django.http import JsonResponse

from .models import Loan, TaskExecution


class OwnershipMiddleware:
    """Whoever names a loan or task that is not theirs gets a 404."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        user = request.user
        if not user.is_authenticated or not request.path.startswith("/api/tasks/"):
            return None
        try:
            body = json.loads(request.body)
        except ValueError:
            return None  # the view will say what is wrong with it
        if not isinstance(body, dict):
            return None
        try:
            if "loan_id" in body and not Loan.objects.filter(
                id=body["loan_id"], customer__user=user
            ).exists():
                return JsonResponse({"detail": "Not found."}, status=404)
            if "task_id" in body and not TaskExecution.objects.filter(
                id=body["task_id"], loan__customer__user=user
            ).exists():
                return JsonResponse({"detail": "Not found."}, status=404)
        except (TypeError, ValueError, OverflowError):
            return JsonResponse({"detail": "Invalid id."}, status=400)
        return None
