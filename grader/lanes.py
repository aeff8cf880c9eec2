"""Runs the checks side by side: each lane is a fork of this pytest, with a rig of its own.

Which check runs in which lane follows from the checks alone, never from how quick one was, so that every
run is the same. The run itself prints in the order of the suite, whichever lane is ahead.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from grader.checking import Mark

Message = tuple[str, Any]  # ("report", TestReport), ("done", node id), ("rig", facts), ("stop", (text, exit code))
WORTH_A_LANE = 0.5  # seconds of checks below which another lane costs more than it saves


@dataclass
class Share:
    """The checks of one lane."""

    items: list[pytest.Item] = field(default_factory=list)
    cost: float = 0.0

    def add(self, item: pytest.Item, cost: float) -> None:
        self.items.append(item)
        self.cost += cost

    @property
    def both(self) -> bool:
        """Whether worker B is needed."""
        return any(mark_of(item).both for item in self.items)


def mark_of(item: pytest.Item) -> Mark:
    mark: Mark = item.obj.check  # type: ignore[attr-defined]
    return mark


def share_out(items: Sequence[pytest.Item], lanes: int) -> list[Share]:
    """Deal checks out, the longest first; those that need both workers share the first lane.

    Within a lane they keep the order of the suite.
    """
    shares = [Share() for _ in range(lanes)]
    for item in sorted(items, key=lambda item: (not mark_of(item).both, -mark_of(item).cost)):
        mark = mark_of(item)
        share = shares[0] if mark.both else min(shares, key=lambda share: share.cost)
        share.add(item, mark.cost)
    for share in shares:
        share.items.sort(key=items.index)
    if shares[-1].cost < WORTH_A_LANE and lanes > 1:
        return share_out(items, lanes - 1)
    return [share for share in shares if share.items]


class Lane:
    """A forked process that runs its share and sends what it reports."""

    def __init__(self, number: int, share: Share, run: Callable[[Lane], None], lifeline: Connection) -> None:
        self.number, self.share = number, share
        self.pipe, self._sending = Pipe(duplex=False)
        self.pid = os.fork()
        if self.pid == 0:
            self.pipe.close()
            self._be(run, lifeline)
        self._sending.close()

    def _be(self, run: Callable[[Lane], None], lifeline: Connection) -> None:
        """Live as the lane; never returns."""
        code = 1
        try:
            os.setsid()  # Ctrl-C is the run's to answer
            threading.Thread(target=self._die_with_the_run, args=(lifeline,), daemon=True).start()
            run(self)
            code = 0
        except pytest.exit.Exception as stop:
            self.send("stop", (stop.msg, stop.returncode))
        finally:
            os._exit(code)

    @staticmethod
    def _die_with_the_run(lifeline: Connection) -> None:
        with contextlib.suppress(EOFError, OSError):
            lifeline.recv_bytes()
        os._exit(1)

    def send(self, kind: str, what: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._sending.send((kind, what))

    def receive(self) -> Message | None:
        """What it says next; None where it has ended."""
        try:
            message: Message = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return message

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.pipe.close()


LANE = pytest.StashKey[Lane]()  # the lane that this process is


class Lanes:
    """All lanes of a run."""

    def __init__(self, shares: Sequence[Share], run: Callable[[Lane], None]) -> None:
        lifeline, self._held = Pipe(duplex=False)

        def run_in_lane(lane: Lane) -> None:
            self._held.close()
            run(lane)

        self.lanes: list[Lane] = []
        for number, share in enumerate(shares):
            self.lanes.append(Lane(number, share, run_in_lane, lifeline))
        lifeline.close()
        self._lane_of = {item.nodeid: lane for lane in self.lanes for item in lane.share.items}
        self._reports: dict[str, list[pytest.TestReport]] = {}
        self.facts: dict[str, Any] = {}

    def reports(self, item: pytest.Item) -> list[pytest.TestReport]:
        """The reports of a check, once it has run; none where its lane has ended.

        Raises pytest.exit.Exception where the lane could not go on.
        """
        lane = self._lane_of[item.nodeid]
        found = self._reports.setdefault(item.nodeid, [])
        while (message := lane.receive()) is not None:
            kind, what = message
            if kind == "stop":
                pytest.exit(*what)
            if kind == "rig":
                self.facts = self.facts or what
            elif kind == "report":
                self._reports.setdefault(what.nodeid, []).append(what)
            elif kind == "done" and what == item.nodeid:
                break
        return found

    def close(self) -> None:
        """Stop what still runs."""
        for lane in self.lanes:
            lane.stop()
        self._held.close()


def run_share(lane: Lane) -> None:
    """What a lane does: run its checks one after the other."""
    config = lane.share.items[0].config
    config.stash[LANE] = lane
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is not None:  # its files are the run's, whose place in them a fork shares
        capture.stop_global_capturing()
        capture.start_global_capturing()
    following: list[pytest.Item | None] = [*lane.share.items[1:], None]
    for item, next_item in zip(lane.share.items, following, strict=True):
        for report in runtestprotocol(item, nextitem=next_item, log=False):
            lane.send("report", report)
        lane.send("done", item.nodeid)
