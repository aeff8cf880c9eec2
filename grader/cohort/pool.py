"""Grades submissions side by side, each in a process of its own; a single thread watches over them.

No thread is ever started here: a fork of a process with threads may wait for ever for what one of them held.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from grader.cohort import child, results, suite
from grader.cohort.child import LOG, Wish
from grader.cohort.results import Result, Status
from grader.cohort.slot import Slot
from grader.cohort.submissions import Submission
from grader.errors import DatabaseError

POLL = 0.02  # seconds between two looks at who has ended
MOST_LANES = 3
GRACE = 60.0  # seconds in which a grading whose time is over ends by itself, with a scorecard


@dataclass
class Running:
    """A submission that is being graded."""

    submission: Submission
    slot: Slot
    pid: int
    began: float = field(default_factory=time.monotonic)


@dataclass
class Pool:
    """`submissions` into folders below `out`, at most `jobs` at once, each for at most `limit` seconds."""

    submissions: Sequence[Submission]
    out: Path
    wish: Wish
    jobs: int
    limit: float
    root: Path
    named: bool = False
    _tried: set[str] = field(default_factory=set)
    _running: list[Running] = field(default_factory=list)
    _codes: dict[int, int] = field(default_factory=dict)  # how each ended: by pid

    def run(self) -> Generator[Result | None]:
        """Each result as it comes; None now and then where there is none yet."""
        waiting = deque(self.submissions)
        slots = [Slot(n, self.root / f"slot-{n}", self.named) for n in range(self.jobs)]
        free = deque(slots)
        leash = os.pipe()
        suite.load()
        gc.freeze()  # so that no fork copies or looks through what all of them share
        try:
            while waiting or self._running:
                while free and waiting:
                    yield from self._begin(waiting.popleft(), free, leash, alone=len(self.submissions) == 1)
                for ended in [one for one in self._running if self._has_ended(one)]:
                    self._running.remove(ended)
                    free.append(ended.slot)
                    yield from self._result(ended, waiting)
                yield None
                time.sleep(POLL)
        finally:
            self._stop()
            for end in leash:
                os.close(end)
            for slot in slots:
                slot.close()

    def _begin(
        self, submission: Submission, free: deque[Slot], leash: tuple[int, int], *, alone: bool
    ) -> Iterator[Result]:
        slot = free.popleft()
        folder = self.out / submission.name
        folder.mkdir(parents=True, exist_ok=True)
        try:
            server = slot.server()
        except DatabaseError as error:
            free.append(slot)
            slot.close()
            yield self._keep(folder, Result(submission.name, "", Status.MACHINE, str(error)))
            return
        lanes = min(MOST_LANES, os.cpu_count() or 1) if alone else 1
        work = partial(child.grade, submission, folder, slot.scratch, server, self.wish, lanes)
        self._running.append(Running(submission, slot, child.start(work, folder / LOG, leash)))

    def _has_ended(self, one: Running) -> bool:
        pid, status = os.waitpid(one.pid, os.WNOHANG)
        if pid:
            self._codes[one.pid] = os.waitstatus_to_exitcode(status)
            return True
        if time.monotonic() - one.began > self.limit + GRACE:
            self._kill(one)
            self._codes[one.pid] = -signal.SIGALRM
            return True
        return False

    def _result(self, one: Running, waiting: deque[Submission]) -> Iterator[Result]:
        """What came of it; what the machine was at fault for is tried once more, at the end."""
        code = self._codes.pop(one.pid)
        one.slot.clear(clean=code == 0)
        folder = self.out / one.submission.name
        found = results.read(folder) if code == 0 else None
        if found is None:
            found = self._keep(folder, self._failure(one, code, folder))
        if not found.status.is_final and one.submission.name not in self._tried:
            self._tried.add(one.submission.name)
            waiting.append(one.submission)
            return
        if found.has_scorecard:
            (folder / LOG).unlink(missing_ok=True)
        yield found

    def _failure(self, one: Running, code: int, folder: Path) -> Result:
        seconds = round(time.monotonic() - one.began, 1)
        if code == -signal.SIGALRM:
            note = f"not graded within {self.limit + GRACE:.0f} s"
            return Result(one.submission.name, "", Status.TIMED_OUT, note, seconds)
        how = f"ended with {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        said = child.last_line(folder / LOG)
        note = f"its grading {how}" + (f": {said}" if said else "")
        return Result(one.submission.name, "", Status.CRASHED, note, seconds)

    @staticmethod
    def _keep(folder: Path, result: Result) -> Result:
        results.write(folder, result)
        return result

    @staticmethod
    def _kill(one: Running) -> None:
        """End it to its last child; its reaper, which is in a session of its own, clears up after it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(one.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):  # it may be so young that it leads no group yet
            os.kill(one.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(one.pid, 0)

    def _stop(self) -> None:
        for one in self._running:
            self._kill(one)
        self._running.clear()
