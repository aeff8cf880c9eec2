from django.contrib.auth import get_user_model
from rest_framework.authentication import BaseAuthentication


class GatewayAuthentication(BaseAuthentication):
    def authenticate(self, request):
        username = request.headers.get("X-User")
        if not username:
            return None
        user = get_user_model().objects.filter(username=username, is_active=True).first()
        return (user, None) if user else None
