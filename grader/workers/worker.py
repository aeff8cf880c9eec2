"""The trusted process's end of a worker: asks, waits, and ends it whatever it does."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.reaper import Reaper
from grader.wire.proxy import Wire
from grader.workers import sandbox

CALL_LIMIT = 20.0  # seconds that one call may take
BOOT_LIMIT = 30.0
LONGEST_ANSWER = 16 * 2**20

# A submission may take these from the environment, as a deployment would give them.
ENVIRONMENT = {
    "SECRET_KEY": "a-key-for-grading-that-protects-nothing",
    "DJANGO_SECRET_KEY": "a-key-for-grading-that-protects-nothing",
    "DATABASE_URL": "postgres://app:app@localhost:5432/app",
}


class WorkerLost(Exception):
    """The worker died, hung or spoke nonsense. The text says which."""


@dataclass(eq=False)
class SubmissionError(Exception):
    """The submission's own code raised where it should not: type, text and its frames."""

    type: str
    message: str
    frames: list[dict[str, Any]] = field(default_factory=list)

    def __str__(self) -> str:
        place = f" ({self.frames[-1]['file']}, line {self.frames[-1]['line']})" if self.frames else ""
        return f"{self.type}: {self.message}{place}"

    @classmethod
    def of(cls, said: dict[str, Any]) -> SubmissionError:
        return cls(str(said.get("type")), str(said.get("message")), list(said.get("frames") or []))


class Worker:
    """One interpreter with the submission loaded; starts on `start`, may be started again."""

    def __init__(self, name: str, tree: Path, sockets: Path, home: Path, wire: Wire, reaper: Reaper) -> None:
        self.name, self.wire = name, wire
        self.isolation = ""
        self._tree, self._sockets, self._home = tree, sockets, home
        self._reaper = reaper
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._answers: list[dict[str, Any]] = []
        self._lost = ""
        self._ticket = 0  # numbers the requests, so that a late answer is not taken for another's
        self.busy = False
        self._heard = threading.Condition()  # not the wire's: that one is notified at every statement

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the interpreter; `load` then loads the submission."""
        ours, theirs = socket.socketpair()
        cell = sandbox.cell(self.name, self._tree, self._sockets, self._home, theirs.fileno())
        self.isolation = cell.name
        self._cell = cell
        log = (self._home / "log").open("wb")
        self._process = subprocess.Popen(
            cell.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=cell.environment,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        self._reaper.group(self._process.pid)
        theirs.close()
        log.close()
        self._socket, self._lost, self._answers = ours, "", []
        threading.Thread(target=self._listen, args=(ours,), daemon=True).start()
        self.send(
            "boot",
            tree=str(cell.tree),
            host=str(cell.sockets),
            port=5432,
            user="app",
            database="app",
            environment=ENVIRONMENT,
        )

    def load(self) -> None:
        """Wait until the submission is loaded. Raises SubmissionError, WorkerLost."""
        self.answer(BOOT_LIMIT)

    def ask(self, op: str, limit: float = CALL_LIMIT, **arguments: Any) -> dict[str, Any]:
        """Send a request and wait for its answer. Raises SubmissionError, WorkerLost."""
        self.send(op, **arguments)
        return self.answer(limit)

    def send(self, op: str, **arguments: Any) -> None:
        """Send a request; `answer` waits for it, `answered` looks."""
        self._ticket += 1
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

    def answer(self, limit: float = CALL_LIMIT) -> dict[str, Any]:
        """Wait for the answer of what was sent. Raises SubmissionError, WorkerLost."""
        with self._heard:
            self._heard.wait_for(self.answered, timeout=limit)
        self.busy = False
        if self._answers:
            said = self._answers.pop(0)
            if said.get("ok") is True:
                return said
            raise SubmissionError.of(said.get("error") or {})
        lost = self._lost or f"no answer within {limit:.0f} s"
        self.stop()
        raise WorkerLost(lost)

    def _listen(self, ours: socket.socket) -> None:
        lost = "ended without an answer"
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
            if ours is self._socket:
                self._lost = self._how_it_ended(lost)
            self._heard.notify_all()
        self.wire.notify()

    def _how_it_ended(self, otherwise: str) -> str:
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._process.wait(timeout=0.5)
                if code:
                    number = -code if code < 0 else code - 128
                    with contextlib.suppress(ValueError):
                        return f"crashed with {signal.Signals(number).name}"
                    return f"ended with exit code {code}"
        return otherwise

    def stop(self) -> None:
        """Kill the worker to its last child."""
        self.busy = False
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._reaper.forget_group(self._process.pid)
            self._process = None
        if self._socket is not None:
            sock, self._socket = self._socket, None
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
