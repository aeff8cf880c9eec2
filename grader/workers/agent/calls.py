"""Answers calls as a WSGI server would: one, several at once, or one in a child that may be killed."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import select
import signal
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .channel import Channel, describe
from .connection import close_connections
from .loading import HOST
from .noting import Names
from .people import People

LONGEST_BODY = 8 * 2**20
TOLD = {"link", "retry-after", "etag"}  # headers of an answer
MOST_PLACES = 3  # that are told of one statement


class Calls:
    """Prepares calls and makes them."""

    def __init__(self, channel: Channel, tree: Path, people: People) -> None:
        from django.core.signals import got_request_exception

        self.channel, self.tree, self.people = channel, tree, people
        self.handler = make_handler()
        self.prepared: dict[str, Any] = {}
        self.error: BaseException | None = None
        got_request_exception.connect(self._note_error, weak=False)

    def _note_error(self, **_: Any) -> None:
        self.error = sys.exc_info()[1]

    def prepare(
        self,
        method: str,
        path: str,
        body: str | None,
        user: int | None,
        address: str,
        forced: bool,
        headers: dict[str, str],
        counted: bool,
    ) -> dict[str, Any]:
        """Sign in and build the request, so that `go` sends nothing but the call's own statements."""
        signed_in = self.people.sign_in(user) if user is not None else None
        environ = environ_of(method, path, body, address, signed_in)
        for name, value in headers.items():
            key = f"HTTP_{name.upper().replace('-', '_')}"
            environ[key] = f"{environ[key]}; {value}" if key == "HTTP_COOKIE" and key in environ else value
        self.prepared = {
            "environ": environ,
            "user": signed_in["person"]() if signed_in and forced else None,
            "counted": counted,
        }
        return {}

    def go(self) -> dict[str, Any]:
        """Answer the prepared call as a WSGI server would."""
        call, self.prepared = self.prepared, {}
        return self._answer(call)

    def storm(self, calls: list[dict[str, Any]]) -> dict[str, Any]:
        """Answer several calls, each in a thread of its own, all let go at once; their statuses."""
        prepared = []
        for call in calls:
            self.prepare(**call)
            prepared.append(self.prepared)
        together = threading.Barrier(len(prepared))

        def answer(call: dict[str, Any]) -> int:
            together.wait()
            try:
                return int(self._answer(call)["status"])
            finally:
                close_connections()

        with ThreadPoolExecutor(len(prepared)) as pool:
            return {"statuses": list(pool.map(answer, prepared))}

    def _answer(self, call: dict[str, Any]) -> dict[str, Any]:
        from django.db import connections

        self.error = None
        self.handler.sign_in(call["user"])
        head: dict[str, Any] = {}
        for alias in connections:
            connections[alias].force_debug_cursor = call["counted"]
            connections[alias].queries_log.clear()

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            head.update(status=int(status.split()[0]), headers=dict(headers))

        try:
            response = self.handler(call["environ"], start_response)
            try:
                body = b"".join(response)[:LONGEST_BODY]
            finally:
                counted = self._counted() if call["counted"] else None
                response.close()
        except BaseException as error:
            self.error, body, counted = error, b"", None
            head = {"status": 500, "headers": {}}
            close_connections()
        answer: dict[str, Any] = {
            "status": head["status"],
            "body": body.decode(errors="replace"),
            "counted": counted,
            "headers": {k.lower(): v for k, v in head["headers"].items() if k.lower() in TOLD},
        }
        if self.error is not None:
            answer["error"] = describe(self.error, self.tree)
        return answer

    @staticmethod
    def _counted() -> int | None:
        """How many statements Django's own query capture saw in this thread during the call."""
        from django.db import connections

        with contextlib.suppress(Exception):
            return sum(len(connections[alias].queries_log) for alias in connections)
        return None

    def witness(self) -> dict[str, Any]:
        """Answer the prepared call under nplusone's listeners, in a child that is thrown away.

        nplusone patches Django for good, so the worker that answers graded calls never loads it.
        """
        return {"findings": self._in_child(self._listen) or []}

    def places(self) -> dict[str, Any]:
        """Where the statement comes from that the prepared call sends most often; in a child."""
        return {"places": self._in_child(self._note_places) or []}

    def _note_places(self) -> list[str]:
        from django.db import connections

        found: dict[str, Counter[str]] = {}

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            frames = [f for f in traceback.extract_stack() if f.filename.startswith(f"{self.tree}{os.sep}")]
            for frame in frames[-1:]:
                place = f"{os.path.relpath(frame.filename, self.tree)}, line {frame.lineno}: {frame.line}"
                found.setdefault(sql, Counter())[place] += 1
            return execute(sql, *rest)

        with contextlib.ExitStack() as stack:
            for alias in connections:
                stack.enter_context(connections[alias].execute_wrapper(note))
            self.go()
        most = max(found.values(), key=Counter.total, default=Counter())
        return [place for place, _ in most.most_common(MOST_PLACES)]

    def names(self) -> dict[str, Any]:
        """By which names the prepared call looks into what was sent with it; in a child."""
        return {"names": self._in_child(self._note_names) or {}}

    def _note_names(self) -> dict[str, list[str]]:
        names = Names()
        self.prepared["environ"] = names.listen(self.prepared["environ"])
        self.go()
        return {place: sorted(found) for place, found in names.found.items()}

    def go_in_child(self) -> dict[str, Any]:
        """Answer the prepared call in a child, which a request `kill` meanwhile puts an end to."""
        said: dict[str, Any] | None = self._in_child(self.go)
        return said or {"status": 599, "body": ""}

    def _in_child(self, work: Callable[[], Any]) -> Any:
        """Do something in a child that is thrown away; what it returned, or None where it was killed."""
        close_connections()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                with contextlib.suppress(BaseException):
                    json.dump(work(), pipe, default=str)
                pipe.flush()
            os._exit(0)
        os.close(writing)
        said = b""
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            while True:
                if self.channel.fileno() in select.select([pipe.fileno(), self.channel.fileno()], [], [])[0]:
                    self.channel.receive()
                    os.kill(child, signal.SIGKILL)
                    break
                if not (part := pipe.read(65536)):
                    break
                said += part
        os.waitpid(child, 0)
        self.prepared = {}
        return json.loads(said) if said else None

    def _listen(self) -> list[dict[str, str]]:
        importlib.import_module("nplusone.ext.django")
        core = importlib.import_module("nplusone.core.listeners")
        found: list[dict[str, str]] = []

        class Notebook:
            def notify(self, message: Any) -> None:
                names = {f.name for f in message.model._meta.get_fields()}
                found.append(
                    {
                        "label": message.label,
                        "model": message.model.__name__,
                        "field": message.field,
                        # a name that `to_attr` or an annotation made is no relation
                        "relation": message.field if message.field in names else "",
                    }
                )

        listening = [kind(Notebook()) for kind in core.listeners.values()]
        for listener in listening:
            listener.setup()
        self.go()
        for listener in listening:
            listener.teardown()
        return [dict(pairs) for pairs in {tuple(sorted(f.items())) for f in found}]


def environ_of(method: str, path: str, body: str | None, address: str, signed_in: Any) -> dict[str, Any]:
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
        environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(data))}
    proxy_header = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    if proxy_header:
        environ[proxy_header[0]] = proxy_header[1]
    if signed_in and signed_in["cookies"]:
        environ |= {"HTTP_COOKIE": signed_in["cookies"], **signed_in["headers"]}
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
