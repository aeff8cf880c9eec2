"""Runs two prepared calls, one on each worker, in an order that somebody else chooses.

The wire holds every statement that matters. After each step everything is let settle: a worker's
next statement is held, or is blocked in the database by another (PostgreSQL says so), or the call
is answered, or the worker waits for something outside the database. Which of these it is does not
depend on the clock: nothing else can happen until one of them is let go.
"""

from __future__ import annotations

import enum
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from grader.database.inspector import Inspector
from grader.scheduling.footprint import Catalogue, Footprint, Footprints
from grader.scheduling.outside import Watcher
from grader.scheduling.waits import LONG, LockWaits
from grader.wire.proxy import Wire
from grader.wire.unit import State, Unit
from grader.workers.worker import Worker

POLL = 0.001  # seconds between two looks at who is blocked
MOST_STEPS = 120  # statements of one run; beyond it a call is taken to retry for ever

Choice = Callable[[int, dict[str, Footprint], str], str]  # "" where it is to be asked again
Arrival = Callable[[dict[str, Footprint]], bool]  # whether B comes now, by what A is about to do


class Waiting(enum.Enum):
    HELD = "held"
    BLOCKED = "blocked"
    OUTSIDE = "outside"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Step:
    """One statement that was let go: by whom, what it touches, and who was blocked after it."""

    entity: str
    unit: Unit
    footprint: Footprint
    blocked: tuple[str, ...]


@dataclass
class Trace:
    """One run. `answers` by worker; `endless` where a call retried until the steps ran out."""

    steps: list[Step] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    endless: bool = False
    waited: set[str] = field(default_factory=set)  # workers that were blocked by another

    @property
    def schedule(self) -> list[str]:
        return [step.entity for step in self.steps]

    @property
    def switches(self) -> int:
        names = self.schedule
        return sum(a != b for a, b in itertools.pairwise(names))


class Stage:
    """Runs schedules on a pair of workers."""

    def __init__(
        self, wire: Wire, inspector: Inspector, workers: dict[str, Worker], catalogue: Catalogue
    ) -> None:
        self._wire, self._inspector, self._workers = wire, inspector, workers
        self._catalogue = catalogue
        self._footprints = Footprints(catalogue)
        self._names: dict[object, str] = {}
        self._waits = LockWaits(inspector.log)
        self._began = self._waits.mark()
        self._let_go: dict[Unit, int] = {}  # where the server's log was when a statement was let go
        self._sent: list[str] = []
        self._arrival: Arrival | None = None  # where B has not come yet
        self._mark = 0  # the wire's when the run began
        self._unheld = 0  # the wire's mark at the first `send`
        self.states: dict[str, Waiting] = {}  # what each worker waits for, at the latest choice

    def run(self, choose: Choice, arrival: Arrival | None = None) -> Trace:
        """Run the prepared calls to their end; B is sent when `arrival` says so, or A is done.

        Raises WorkerLost, SubmissionError.
        """
        trace = Trace()
        self._footprints = Footprints(self._catalogue)
        self._names, self._let_go = {}, {}
        mark = self._mark = self._wire.mark()
        self._wire.gate = lambda unit: not self._footprints.matters(unit)
        try:
            self._arrival = arrival
            for name, worker in self._workers.items():
                if not (arrival and name == "B"):
                    worker.send("go")
            self._steps(trace, mark, choose)
        finally:
            self._wire.gate = lambda unit: True
            for unit in self._held(mark):
                self._wire.release(unit)
        trace.answers = self.collect()
        return trace

    def send(self, name: str) -> None:
        """Send one worker's call with nothing held; wait until it is answered or blocked."""
        self._unheld = self._unheld or self._wire.mark()
        self._sent.append(name)
        self._workers[name].send("go")
        self.settle()

    def settle(self) -> None:
        """Wait until every call that was sent with `send` is answered or blocked."""
        self._settle(self._unheld, self._sent, all_blocked=True)

    @contextmanager
    def holding(self, *names: str) -> Iterator[None]:
        """Hold every further statement of some workers meanwhile; what they have under way goes on."""
        self._wire.gate = lambda unit: unit.worker not in names
        try:
            yield
        finally:
            self._wire.gate = lambda unit: True
            for unit in self._held(self._unheld):
                self._wire.release(unit)

    def take_turns(self) -> None:
        """Let go what is held of the calls that were sent, one of each by turns, until all are answered."""
        for _, name in zip(range(MOST_STEPS), itertools.cycle(self._sent)):
            self.settle()
            held = self._held(self._unheld)
            if not held:
                return
            unit = min(held, key=lambda unit: (unit.worker != name, unit.number))
            self._let_go[unit] = self._waits.mark()
            self._wire.release(unit)
            with self._wire.changed:
                self._wire.changed.wait_for(lambda u=unit: u.state is not State.HELD)  # type: ignore[misc]

    def clock(self, name: str) -> float:
        """A clock, in seconds, that stands still while a statement of the worker is held."""
        now = time.monotonic()
        units = self._wire.since(self._mark, name)
        return now - sum((unit.started or now) - unit.arrived for unit in units)

    def wait_for(self, name: str, seconds: float) -> bool:
        """Wait for a held statement of a worker; whether one came."""

        def one_is() -> bool:
            return any(unit.worker == name for unit in self._held(self._mark))

        with self._wire.changed:
            return self._wire.changed.wait_for(one_is, timeout=max(0.0, seconds))

    def blocked(self, name: str) -> list[int]:
        """The backends of a worker in which a statement runs, or waits to."""
        units = self._wire.since(self._unheld, name)
        return [unit.link.pid for unit in units if unit.state is State.RUNNING]

    def collect(self) -> dict[str, dict[str, Any]]:
        """The answers of both calls. Raises WorkerLost, SubmissionError."""
        return {name: worker.answer() for name, worker in self._workers.items()}

    def _steps(self, trace: Trace, mark: int, choose: Choice) -> None:
        previous = ""
        while True:
            here = [name for name in self._workers if not (self._arrival and name == "B")]
            states = self.states = self._settle(mark, here)
            trace.waited |= {name for name, state in states.items() if state is Waiting.BLOCKED}
            held = {self._entity(unit): unit for unit in self._held(mark)}
            enabled = {name: self._footprints.of(unit) for name, unit in sorted(held.items())}
            if self._arrival and (not held or self._arrival(enabled)):
                self._arrival = None
                self._workers["B"].send("go")
                continue
            if not held:
                return
            if len(trace.steps) >= MOST_STEPS:
                trace.endless = True
                return
            if not (chosen := choose(len(trace.steps), enabled, previous)):
                continue
            previous = chosen
            unit = held[previous]
            self._footprints.ran(unit)
            blocked = tuple(n for n, s in states.items() if s is Waiting.BLOCKED)
            trace.steps.append(Step(previous, unit, enabled[previous], blocked))
            self._let_go[unit] = self._waits.mark()
            self._wire.release(unit)
            with self._wire.changed:
                self._wire.changed.wait_for(lambda u=unit: u.state is not State.HELD)  # type: ignore[misc]

    def _entity(self, unit: Unit) -> str:
        """A or B, and for a worker's further connections A2, A3 …"""
        if unit.link not in self._names:
            count = sum(name[0] == unit.worker for name in self._names.values()) + 1
            self._names[unit.link] = unit.worker if count == 1 else f"{unit.worker}{count}"
        return self._names[unit.link]

    def _held(self, mark: int) -> list[Unit]:
        return [u for u in self._wire.since(mark) if u.state is State.HELD]

    def _settle(self, mark: int, names: list[str], *, all_blocked: bool = False) -> dict[str, Waiting]:
        deadline = time.monotonic() + max(w.limits.call for w in self._workers.values())
        watchers = {name: Watcher(self._workers[name].pid) for name in names}
        while True:
            states = {n: self._state(n, mark, watchers[n]) for n in names}
            # Who was seen blocked before another was seen at rest may have been freed by it in between.
            states |= {
                n: self._state(n, mark, watchers[n]) for n, s in states.items() if s is Waiting.BLOCKED
            }
            values = set(states.values())
            over = Waiting.HELD in values or values == {Waiting.ANSWERED} or all_blocked
            if None not in values and over:
                return {name: state for name, state in states.items() if state is not None}
            if time.monotonic() > deadline:
                return {name: state or Waiting.OUTSIDE for name, state in states.items()}
            with self._wire.changed:
                self._wire.changed.wait(POLL)

    def _state(self, name: str, mark: int, watcher: Watcher) -> Waiting | None:
        """What a worker waits for; None where it is still at work."""
        if self._workers[name].answered():
            return Waiting.ANSWERED
        units = [u for u in self._wire.since(mark, name) if u.state is not State.DONE]
        running = [u for u in units if u.state is State.RUNNING]
        for unit in running:
            if not self._waits_for_good(unit):
                return None
        held = [u for u in units if u.state is State.HELD]
        links = {u.link for u in self._wire.since(mark, name)}
        if held and len(links) == 1:
            return Waiting.HELD
        if running and len(links) == 1:
            return Waiting.BLOCKED
        if not (watcher.sleeps() and self._nothing_comes(name, watcher)):
            return None
        if held:
            return Waiting.HELD
        return Waiting.BLOCKED if running else Waiting.OUTSIDE

    def _waits_for_good(self, unit: Unit) -> bool:
        """Whether a statement is blocked by another, and not by a deadlock that it will find itself."""
        waited = time.monotonic() - (unit.started or 0)
        if waited < POLL or not self._inspector.blockers(unit.link.pid):
            return False
        looked = self._waits.has_looked(unit.link.pid, self._let_go.get(unit, self._began))
        return looked or waited > LONG

    def _nothing_comes(self, name: str, watcher: Watcher) -> bool:
        """Whether nothing that a sleeping worker has sent, or is to be told, is on its way through the wire.

        On a busy machine the wire's own thread may have to wait for longer than a sleeper is watched.
        """
        before = self._wire.mark()
        self._wire.catch_up()
        opening, answered = self._wire.is_opening(name), self._workers[name].answered()
        return not opening and not answered and self._wire.mark() == before and watcher.sleeps()
