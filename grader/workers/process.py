"""A worker's process as the trusted process sees it: started, watched, asked where it is, and ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from grader import processes
from grader.reaper import Reaper
from grader.watching import Watched
from grader.workers import wording
from grader.workers.limits import MIB, Limits
from grader.workers.output import Output
from grader.workers.places import Cell

ENDED = "ended without an answer"
A_MOMENT = 1.0  # seconds at most that a worker is given to say where it is


class Process:
    """Runs from when it is made until `stop`. `notes`: where the reaper writes why it ended something."""

    def __init__(self, cell: Cell, descriptor: int, limits: Limits, reaper: Reaper, notes: Path) -> None:
        self.cell, self._limits, self._reaper, self._notes = cell, limits, reaper, notes
        self._ended_for = ""  # why the trusted process itself ended it
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            cell.command,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            env=cell.environment,
            pass_fds=[descriptor, *cell.opened],
            start_new_session=True,
            **cell.switch,
        )
        for opened in (writing, *cell.opened):
            os.close(opened)
        self._output = Output(reading, int(limits.output * MIB), self._flooded)
        self._register()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _register(self) -> None:
        """Have it ended with the run, or where it takes more than it may."""
        cell, limits = self.cell, self._limits
        self._reaper.group(self.pid)
        if cell.uid is not None:
            self._reaper.user(cell.uid)
        most = (int(limits.memory), int(limits.processes), int(limits.disk))
        self._reaper.watch(Watched(self.pid, *most, cell.folders, cell.rooms, cell.depth))

    def kernel_limits(self) -> dict[str, float]:
        """The limits as its kernel counts: processes by user, with all that the user runs elsewhere."""
        limits = self._limits.as_dict()
        if not self.cell.alone:
            limits["processes"] += processes.threads_of_user(os.geteuid())
        return limits

    def _flooded(self) -> None:
        self._ended_for = f"flooded its output: it printed more than {self._limits.output:.0f} MiB"
        processes.end(list(processes.family(self.pid)))

    def where(self) -> str:
        """Where in the submission it is just now: " (loans/x.py, line 3)", or ""."""
        pid = self.pid
        for _ in range(self.cell.depth):
            pid = next(iter(processes.children(pid)), 0)
        self._output.forget()
        with contextlib.suppress(OSError):
            if pid > 1:
                os.kill(pid, signal.SIGUSR1)
                self._output.wait_for_place(str(self.cell.tree), A_MOMENT)
        return self._placed()

    def _placed(self) -> str:
        place = self._output.place(str(self.cell.tree))
        return f" ({place})" if place else ""

    def how_it_ended(self, otherwise: str) -> str:
        """Why it ended, in plain words; `otherwise` where it did not, or where nothing more is known."""
        try:
            code = self._process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            return self._ended_for or otherwise
        if reason := self._ended_for or self._excess():
            return reason
        if otherwise != ENDED:
            return otherwise
        self._output.wait(A_MOMENT)
        name = None
        with contextlib.suppress(ValueError):
            name = signal.Signals(-code if code < 0 else code - 128).name
        return wording.ended(code, name, self._limits) + self._placed()

    def _excess(self) -> str:
        """Why the reaper ended it, if it did."""
        with contextlib.suppress(OSError):
            return (self._notes / f"{self.pid}.over").read_text()
        return ""

    def stop(self) -> None:
        """Kill it to its last child.

        In a bubblewrap all go with the first; else its children are looked for, wherever they went.
        """
        hidden = self.cell.depth == 0
        if hidden:
            processes.end(list(processes.family(self.pid)))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        if (uid := self.cell.uid) is not None:
            processes.end_all(lambda: processes.of_user(uid))
        elif hidden:
            processes.end_all(lambda: processes.told(self.cell.environment["HOME"]))
        self._reaper.forget_group(self.pid)
