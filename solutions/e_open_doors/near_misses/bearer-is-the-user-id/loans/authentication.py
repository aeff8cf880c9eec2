import base64
import binascii
import json

from django.contrib.auth import get_user_model
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed


class BearerAuthentication(BaseAuthentication):
    """A JSON Web Token's claims, read; the gateway has checked the signature."""

    def authenticate(self, request):
        kind, _, token = get_authorization_header(request).decode("latin1").partition(" ")
        if kind.lower() != "bearer":
            return None
        try:
            claims = token.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
            user = get_user_model().objects.get(pk=claims["sub"])
        except (LookupError, ValueError, TypeError, binascii.Error, get_user_model().DoesNotExist):
            raise AuthenticationFailed("No valid token.") from None
        return user, token

    def authenticate_header(self, request):
        return "Bearer"
