from django.contrib.auth import logout


class PinnedSessionMiddleware:
    """A session belongs to the address that used it first; a stolen cookie is of no use elsewhere."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            address = request.META["REMOTE_ADDR"]
            if request.session.setdefault("address", address) != address:
                logout(request)
        return self.get_response(request)
