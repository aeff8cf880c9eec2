"""A request as a WSGI server and a browser would make it, and the handler that answers it."""

from __future__ import annotations

import io
import sys
import threading
from typing import Any
from urllib.parse import urlsplit

from .loading import HOST


def environ_of(
    method: str,
    path: str,
    body: str | None,
    address: str,
    content_type: str,
    headers: dict[str, str],
    signed_in: dict[str, Any] | None,
) -> dict[str, Any]:
    """What a WSGI server hands on; `headers` beside a browser's, or in their place."""
    from django.conf import settings

    parts = urlsplit(path)
    data = (body or "").encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": parts.path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": parts.query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": address,
        "HTTP_HOST": HOST,
        "HTTP_ORIGIN": f"https://{HOST}",
        "HTTP_REFERER": f"https://{HOST}/",
        "HTTP_ACCEPT": "application/json",
        "HTTP_USER_AGENT": "Mozilla/5.0",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if body is not None:
        environ |= {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(data))}
    proxy_header = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    if proxy_header:
        environ[proxy_header[0]] = proxy_header[1]
    if signed_in and (cookies := signed_in["cookies"]):
        environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        environ |= signed_in["headers"]
    for name, value in headers.items():
        key = f"HTTP_{name.upper().replace('-', '_')}"
        environ[key] = f"{environ[key]}; {value}" if key == "HTTP_COOKIE" and key in environ else value
    return environ


def make_handler() -> Any:
    """Django's WSGI handler, which can also carry what DRF's `force_authenticate` sets."""
    from django.core.handlers.wsgi import WSGIHandler

    class Handler(WSGIHandler):
        signed_in = threading.local()

        def sign_in(self, user: Any) -> None:
            """Let this thread's next request be this user's."""
            self.signed_in.user = user

        def get_response(self, request: Any) -> Any:
            if self.signed_in.user is not None:
                request._force_auth_user = self.signed_in.user
                request._force_auth_token = None
            return super().get_response(request)

    return Handler()
