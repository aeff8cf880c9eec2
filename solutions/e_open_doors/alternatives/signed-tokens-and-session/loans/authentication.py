from django.contrib.auth import get_user_model
from django.core.signing import BadSignature, TimestampSigner
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

signer = TimestampSigner(salt="loans.api")
LIFETIME = 3600  # seconds


def token_for(user):
    return signer.sign(str(user.pk))


class SignedTokenAuthentication(BaseAuthentication):
    def authenticate(self, request):
        kind, _, token = get_authorization_header(request).decode("latin1").partition(" ")
        if kind.lower() != "bearer":
            return None
        try:
            pk = signer.unsign(token, max_age=LIFETIME)
            user = get_user_model().objects.get(pk=pk, is_active=True)
        except (BadSignature, get_user_model().DoesNotExist):
            raise AuthenticationFailed("No valid token.") from None
        return user, token

    def authenticate_header(self, request):
        return "Bearer"
