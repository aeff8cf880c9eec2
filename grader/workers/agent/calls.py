"""Answers calls as a WSGI server would: one, several at once, or one in a child that may be killed."""

from __future__ import annotations

import contextlib
import importlib
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

from .channel import Channel, describe
from .connection import close_connections
from .noting import Names
from .people import People
from .requests import environ_of, make_handler

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
        content_type: str,
        counted: bool,
    ) -> dict[str, Any]:
        """Sign in and build the request, so that `go` sends nothing but the call's own statements."""
        signed_in = self.people.sign_in(user) if user is not None else None
        self.prepared = {
            "environ": environ_of(method, path, body, address, content_type, headers, signed_in),
            "user": signed_in["person"]() if signed_in and forced else None,
            # A call with cookies of its own is no browser's, so nothing is kept of its answer.
            "keeps": None if "Cookie" in headers else user,
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
            if call["keeps"] is not None:
                self.people.keep(call["keeps"], [v for k, v in headers if k.lower() == "set-cookie"])

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
        """Do something in a child that is thrown away; what it returned, or None where it was killed.

        Whose cookies the call changed has those from then on, as after any other call.
        """
        close_connections()
        caller = self.prepared["keeps"]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                with contextlib.suppress(BaseException):
                    json.dump([work(), self.people.cookies(caller)], pipe, default=str)
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
        if not said:
            return None
        found, cookies = json.loads(said)
        self.people.remember(caller, cookies)
        return found

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
