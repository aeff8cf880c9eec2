import json

from django.http import JsonResponse

from .models import Loan, TaskExecution

OWNER = {
    "loan_id": (Loan, "customer__user"),
    "task_id": (TaskExecution, "loan__customer__user"),
}


class OwnershipMiddleware:
    """Whoever names a loan or task that is not theirs gets a 404, whichever view it is for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        user = request.user
        if not user.is_authenticated or not request.path.startswith("/api/") or not request.body:
            return None
        try:
            body = json.loads(request.body)
        except ValueError:
            return JsonResponse({"detail": "Malformed JSON."}, status=400)
        if not isinstance(body, dict):
            return JsonResponse({"detail": "An object is expected."}, status=400)
        for key, (model, owner) in OWNER.items():
            if key not in body:
                continue
            try:
                mine = model.objects.filter(**{"id": body[key], owner: user}).exists()
            except (TypeError, ValueError, OverflowError):
                return JsonResponse({key: "A valid integer is required."}, status=400)
            if not mine:
                return JsonResponse({"detail": "Not found."}, status=404)
        return None
