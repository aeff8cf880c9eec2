"""The trusted process's end of a worker: asks, waits, and ends it whatever it does."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from typing import Any

from grader.reaper import Reaper
from grader.wire.proxy import Wire
from grader.workers import sandbox
from grader.workers.faults import SubmissionError, WorkerLost
from grader.workers.limits import MIB, Limits
from grader.workers.places import Place
from grader.workers.process import ENDED, Process

__all__ = ["SubmissionError", "Worker", "WorkerLost"]

LONGEST_ANSWER = 16 * MIB
SENDING = struct.pack("ll", 5, 0)  # seconds, as a timeval, that a worker may leave a request unread

DEPLOYMENT_KEY = "q7!vb2m0x-of-this-deployment-alone-f4t9w6"  # protects nothing, and does not say so

# A submission may take these from the environment, as a deployment would give them.
ENVIRONMENT = {
    "SECRET_KEY": DEPLOYMENT_KEY,
    "DJANGO_SECRET_KEY": DEPLOYMENT_KEY,
    "DATABASE_URL": "postgres://app:app@localhost:5432/app",
}

# What an answer must hold, by what was asked; the agent's are of this form, forged ones need not be.
FORMS: dict[str, dict[str, Any]] = {
    "apps": {"names": list, "user_model": str, "moved": list},
    "migrate": {"missing": list},
    "make": {"made": list},
    "bypass": {"raised": str | None},
    "storm": {"statuses": list},
    "witness": {"findings": list},
    "places": {"places": list},
}


class Worker:
    """One interpreter with the submission loaded; starts on `start`, may be started again."""

    def __init__(
        self, name: str, place: Place, wire: Wire, reaper: Reaper, isolation: str, limits: Limits
    ) -> None:
        self.name, self.wire, self.isolation, self.limits = name, wire, isolation, limits
        self._place, self._reaper = place, reaper
        self._process: Process | None = None
        self._socket: socket.socket | None = None
        self._answers: list[dict[str, Any]] = []
        self._lost = ""
        self._asked = ""
        self._ticket = 0  # numbers the requests, so that a late answer is not taken for another's
        self.losses = 0  # how often it died or hung
        self.busy = False
        self._heard = threading.Condition()  # not the wire's: that one is notified at every statement

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the interpreter; `load` then loads the submission."""
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, SENDING)
        cell = sandbox.cell(self.isolation, self._place, theirs.fileno(), self.limits, self.name)
        notes = self._place.home.parent.parent
        self._process = Process(cell, theirs.fileno(), self.limits, self._reaper, notes)
        theirs.close()
        self._socket, self._lost, self._answers = ours, "", []
        threading.Thread(target=self._listen, args=(ours,), daemon=True).start()
        self.send(
            "boot",
            limits=self._process.kernel_limits(),
            tree=str(cell.tree),
            host=str(cell.sockets),
            port=5432,
            user="app",
            database="app",
            environment=ENVIRONMENT,
            given=str(cell.given) if cell.given else None,
            packages=str(cell.packages) if cell.packages else None,
        )

    def load(self) -> None:
        """Wait until the submission is loaded. Raises SubmissionError, WorkerLost."""
        self.answer(self.limits.start, " to start")

    def ask(self, op: str, limit: float | None = None, **arguments: Any) -> dict[str, Any]:
        """Send a request and wait for its answer. Raises SubmissionError, WorkerLost."""
        self.send(op, **arguments)
        return self.answer(limit)

    def send(self, op: str, **arguments: Any) -> None:
        """Send a request; `answer` waits for it, `answered` looks."""
        with self._heard:
            self._ticket += 1
            self._asked = op
            self._answers.clear()  # of what was asked before: there is one answer to a request
        body = json.dumps({"op": op, "ticket": self._ticket, **arguments}).encode()
        assert self._socket is not None
        self.busy = True
        with contextlib.suppress(OSError):
            self._socket.sendall(struct.pack("!I", len(body)) + body)

    def kill_child(self) -> None:
        """Kill the child in which a `go_in_child` runs, as a crash would."""
        body = json.dumps({"op": "kill"}).encode()
        assert self._socket is not None
        with contextlib.suppress(OSError):
            self._socket.sendall(struct.pack("!I", len(body)) + body)

    def answered(self) -> bool:
        """Whether the answer is there, or will never come."""
        return bool(self._answers or self._lost)

    def answer(self, limit: float | None = None, purpose: str = "") -> dict[str, Any]:
        """Wait for the answer of what was sent. Raises SubmissionError, WorkerLost.

        `limit`: seconds, else those of a call; `purpose`: what they are for, as in " to start".
        """
        seconds = limit or self.limits.call
        with self._heard:
            self._heard.wait_for(self.answered, timeout=seconds)
        self.busy = False
        if self._answers:
            said = self._answers.pop(0)
            if said.get("ok") is True and self._is_of_form(said):
                return said
            if said.get("ok") is True:
                self.stop()
                raise WorkerLost(f"answered {self._asked!r} with nonsense")
            error = said.get("error")
            raise SubmissionError.of(error if isinstance(error, dict) else {}, self.limits)
        lost = self._lost
        if not lost and self._process is not None:
            lost = f"took longer than {seconds:g} s{purpose}{self._process.where()}"
        self.stop()
        self.losses += 1
        raise WorkerLost(lost or ENDED)

    def _is_of_form(self, said: dict[str, Any]) -> bool:
        form = FORMS.get(self._asked, {})
        return all(isinstance(said.get(key), kind) for key, kind in form.items())

    def _listen(self, ours: socket.socket) -> None:
        lost = ENDED
        try:
            with ours.makefile("rb") as pipe:
                while len(head := pipe.read(4)) == 4:
                    size = struct.unpack("!I", head)[0]
                    if size > LONGEST_ANSWER:
                        lost = f"answered with {size} bytes"
                        break
                    said = json.loads(pipe.read(size))
                    if not isinstance(said, dict):
                        raise ValueError("not an object")
                    with self._heard:
                        if ours is self._socket and said.get("ticket") == self._ticket:
                            self._answers.append(said)
                        self._heard.notify_all()
                    self.wire.notify()
        except (OSError, ValueError, RecursionError) as error:
            lost = f"answered with nonsense: {error}"
        with self._heard:
            if ours is self._socket and (process := self._process) is not None:
                self._lost = process.how_it_ended(lost)
            self._heard.notify_all()
        self.wire.notify()

    def stop(self) -> None:
        """Kill the worker to its last child."""
        self.busy = False
        if self._process is not None:
            self._process.stop()
            self._process = None
        if self._socket is not None:
            sock, self._socket = self._socket, None
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
