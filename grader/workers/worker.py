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
from typing import Any

from grader import processes
from grader.reaper import Reaper
from grader.watching import Watched
from grader.wire.proxy import Wire
from grader.workers import sandbox, wording
from grader.workers.limits import MIB, Limits
from grader.workers.output import Output
from grader.workers.places import Cell, Place

ENDED = "ended without an answer"
LONGEST_ANSWER = 16 * MIB
A_MOMENT = 1.0  # seconds at most that a worker is given to say where it is

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
}


class WorkerLost(Exception):
    """The worker died, hung or spoke nonsense. The text says which."""


@dataclass(eq=False)
class SubmissionError(Exception):
    """The submission's own code raised where it should not: type, text and its frames."""

    type: str
    message: str
    frames: list[dict[str, Any]] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)

    def __str__(self) -> str:
        last = self.frames[-1] if self.frames else {}
        place = f" ({last.get('file')}, line {last.get('line')})" if last else ""
        return f"{wording.worded(self.type, self.message, self.limits)}{place}"

    @classmethod
    def of(cls, said: dict[str, Any], limits: Limits | None = None) -> SubmissionError:
        """From what a worker said, of which nothing is trusted to be of any form."""
        frames = said.get("frames")
        kept = [frame for frame in frames if isinstance(frame, dict)] if isinstance(frames, list) else []
        return cls(str(said.get("type")), str(said.get("message")), kept, limits or Limits())


class Worker:
    """One interpreter with the submission loaded; starts on `start`, may be started again."""

    def __init__(
        self, name: str, place: Place, wire: Wire, reaper: Reaper, isolation: str, limits: Limits
    ) -> None:
        self.name, self.wire, self.isolation, self.limits = name, wire, isolation, limits
        self._place, self._reaper = place, reaper
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._output: Output | None = None
        self._answers: list[dict[str, Any]] = []
        self._lost = ""
        self._asked = ""
        self._ended_for = ""  # why the trusted process itself ended it
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
        reading, writing = os.pipe()
        place, isolation = self._place, self.isolation
        cell = self._cell = sandbox.cell(isolation, place, theirs.fileno(), self.limits, self.name)
        self._process = subprocess.Popen(
            cell.command,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            env=cell.environment,
            pass_fds=[theirs.fileno(), *cell.opened],
            start_new_session=True,
            **cell.switch,
        )
        theirs.close()
        for descriptor in (writing, *cell.opened):
            os.close(descriptor)
        self._socket, self._lost, self._ended_for, self._answers = ours, "", "", []
        self._output = Output(reading, int(self.limits.output * MIB), self._flooded)
        self._register(cell)
        threading.Thread(target=self._listen, args=(ours,), daemon=True).start()
        self.send(
            "boot",
            limits=self._kernel_limits(),
            tree=str(cell.tree),
            host=str(cell.sockets),
            port=5432,
            user="app",
            database="app",
            environment=ENVIRONMENT,
            given=str(cell.given) if cell.given else None,
            packages=str(cell.packages) if cell.packages else None,
        )

    def _register(self, cell: Cell) -> None:
        """Have it ended with the run, or where it takes more than it may."""
        self._reaper.group(self.pid)
        if cell.uid is not None:
            self._reaper.user(cell.uid)
        limits = self.limits
        most = (int(limits.memory), int(limits.processes), int(limits.disk))
        self._reaper.watch(Watched(self.pid, *most, cell.folders, cell.rooms, cell.depth))

    def _kernel_limits(self) -> dict[str, float]:
        """The limits as its kernel counts: processes are counted by user, with all that the user runs."""
        limits = self.limits.as_dict()
        if self.isolation == sandbox.PROCESS:
            limits["processes"] += len(processes.of_user(os.geteuid()))
        return limits

    def _flooded(self) -> None:
        self._end(f"flooded its output: it printed more than {self.limits.output:.0f} MiB")

    def _end(self, reason: str) -> None:
        """End it at once, and remember why."""
        self._ended_for = reason
        if self._process is not None:
            processes.end(list(processes.family(self._process.pid)))

    def load(self) -> None:
        """Wait until the submission is loaded. Raises SubmissionError, WorkerLost."""
        self.answer(self.limits.start, "to start")

    def ask(self, op: str, limit: float | None = None, **arguments: Any) -> dict[str, Any]:
        """Send a request and wait for its answer. Raises SubmissionError, WorkerLost."""
        self.send(op, **arguments)
        return self.answer(limit)

    def send(self, op: str, **arguments: Any) -> None:
        """Send a request; `answer` waits for it, `answered` looks."""
        self._ticket += 1
        self._asked = op
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

        `limit`: seconds, else those of a call; `purpose`: what they are for, as in "to start".
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
        lost = (
            self._lost or f"took longer than {seconds:g} s{f' {purpose}' if purpose else ''}{self._where()}"
        )
        self.stop()
        self.losses += 1
        raise WorkerLost(lost)

    def _is_of_form(self, said: dict[str, Any]) -> bool:
        form = FORMS.get(self._asked, {})
        return all(isinstance(said.get(key), kind) for key, kind in form.items())

    def _where(self) -> str:
        """Where in the submission a worker that does not answer is: " (loans/x.py, line 3)", or ""."""
        if self._process is None or self._output is None:
            return ""
        pid = self._process.pid
        for _ in range(self._cell.depth):
            pid = next(iter(processes.children(pid)), 0)
        self._output.forget()
        with contextlib.suppress(OSError):
            if pid > 1:
                os.kill(pid, signal.SIGUSR1)
                self._output.wait_for_place(str(self._cell.tree), A_MOMENT)
        return self._placed()

    def _placed(self) -> str:
        place = self._output.place(str(self._cell.tree)) if self._output else ""
        return f" ({place})" if place else ""

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
            if ours is self._socket:
                self._lost = self._how_it_ended(lost)
            self._heard.notify_all()
        self.wire.notify()

    def _how_it_ended(self, otherwise: str) -> str:
        process = self._process
        if process is None:
            return otherwise
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(timeout=0.5)
            if reason := self._ended_for or self._excess(process.pid):
                return reason
            if otherwise != ENDED:
                return otherwise
            if self._output is not None:
                self._output.wait(A_MOMENT)
            name = None
            with contextlib.suppress(ValueError):
                name = signal.Signals(-code if code < 0 else code - 128).name
            return wording.ended(code, name, self.limits) + self._placed()
        return self._ended_for or otherwise

    def _excess(self, pid: int) -> str:
        """Why the reaper ended it, if it did."""
        with contextlib.suppress(OSError):
            return (self._place.home.parent.parent / f"{pid}.over").read_text()
        return ""

    def stop(self) -> None:
        """Kill the worker to its last child."""
        self.busy = False
        if self._process is not None:
            self._kill(self._process)
            self._reaper.forget_group(self._process.pid)
            self._process = None
        if self._socket is not None:
            sock, self._socket = self._socket, None
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        """In a bubblewrap all go with the first; else its children are looked for, wherever they went."""
        if self._cell.depth == 0:
            processes.end(list(processes.family(process.pid)))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if (uid := self._cell.uid) is not None:
            processes.end_all(lambda: processes.of_user(uid))
        elif self._cell.depth == 0:
            processes.end_all(lambda: processes.told(str(self._place.home)))
