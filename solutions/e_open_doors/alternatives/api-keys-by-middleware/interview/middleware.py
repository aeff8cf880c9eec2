from django.contrib.auth import get_user_model
from django.core import signing
from django.http import JsonResponse

SALT = "loans.api-key"


def api_key_of(user):
    return signing.dumps(user.pk, salt=SALT)


class ApiKeyMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        key = request.headers.get("X-Api-Key")
        if key is not None and request.path.startswith("/api/"):
            try:
                pk = signing.loads(key, salt=SALT, max_age=30 * 86400)
                request.user = get_user_model().objects.get(pk=pk, is_active=True)
            except (signing.BadSignature, get_user_model().DoesNotExist):
                return JsonResponse({"detail": "No valid key."}, status=401)
        return self.get_response(request)
