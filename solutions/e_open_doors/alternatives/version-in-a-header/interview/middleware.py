from django.http import JsonResponse

VERSIONS = {"1"}


class ApiVersionMiddleware:
    """Clients that ask for a version must get that one, or none."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        version = request.headers.get("X-API-Version", "1")
        if request.path.startswith("/api/") and version not in VERSIONS:
            return JsonResponse({"detail": "There is no such version."}, status=400)
        return self.get_response(request)
