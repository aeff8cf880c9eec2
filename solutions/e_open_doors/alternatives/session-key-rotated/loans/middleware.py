import time

EVERY = 15 * 60


class RotatingSessionMiddleware:
    """A session gets another key every quarter of an hour."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get("rotated_at", 0) > EVERY:
                request.session.cycle_key()
                request.session["rotated_at"] = now
        return self.get_response(request)
