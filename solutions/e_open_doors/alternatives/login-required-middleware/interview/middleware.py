from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import JsonResponse


class ApiLoginRequiredMiddleware(LoginRequiredMiddleware):
    def process_view(self, request, view_func, view_args, view_kwargs):
        if not request.path.startswith("/api/"):
            return None
        # DRF marks its views as open to this middleware, and asks for its own permissions.
        return None if request.user.is_authenticated else self.handle_no_permission(request, None)

    def handle_no_permission(self, request, view_func):
        return JsonResponse({"detail": "Sign in first."}, status=401)
