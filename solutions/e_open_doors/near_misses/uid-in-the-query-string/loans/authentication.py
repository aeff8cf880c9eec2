from django.contrib.auth import get_user_model
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed


class UidAuthentication(BaseAuthentication):
    """The mobile app names its user in the query string."""

    def authenticate(self, request):
        uid = request.query_params.get("uid")
        if uid is None:
            return None
        user = get_user_model().objects.filter(pk=uid if uid.isdecimal() else 0).first()
        if user is None:
            raise AuthenticationFailed("No such user.")
        return user, None
