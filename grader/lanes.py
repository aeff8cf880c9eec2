"""Runs the checks side by side: each lane is a fork of this pytest, with a rig of its own.

Which check runs in which lane follows from the checks alone, never from how quick one was, so that every
run is the same. The run itself prints in the order of the suite, whichever lane is ahead.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from grader.checking import Mark
from grader.database.server import Server

Message = tuple[
    str, Any
]  # ("report", TestReport), ("done", node id), ("facts", facts), ("stop", (text, exit code))
WORTH_A_LANE = 0.5  # seconds of checks below which another lane costs more than it saves
WORTH_ANOTHER_B = 2.0  # seconds of checks that need both workers, above which a second lane has both


@dataclass
class Share:
    """The checks of one lane."""

    items: list[pytest.Item] = field(default_factory=list)
    cost: float = 0.0
    probes: bool = False  # looks for differences beside the checks (grader/integrity.py)

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
    """Deal checks out, the longest first; those that need both workers to the first lanes.

    Checks of one scene stay together: it is run once. Within a lane they keep the order of the suite.
    """
    shares = [Share() for _ in range(lanes)]
    needs_both = sum(mark_of(item).cost for item in items if mark_of(item).both)
    with_both = shares[: 2 if needs_both > WORTH_ANOTHER_B else 1]
    for group in sorted(_groups(items), key=lambda group: (not _needs_both(group), -_cost(group))):
        share = min(with_both if _needs_both(group) else shares, key=lambda share: share.cost)
        for item in group:
            share.add(item, mark_of(item).cost)
    for share in shares:
        share.items.sort(key=items.index)
    if min(share.cost for share in shares) < WORTH_A_LANE and lanes > 1:
        return share_out(items, lanes - 1)
    shares[-1].probes = True
    return shares


def _groups(items: Sequence[pytest.Item]) -> list[list[pytest.Item]]:
    """The checks, those together that have a scene in common."""
    groups: list[list[pytest.Item]] = []
    for item in items:
        scenes = {*mark_of(item).scenes}
        kin = [g for g in groups if scenes & {name for other in g for name in mark_of(other).scenes}]
        groups = [group for group in groups if group not in kin]
        groups.append([*itertools.chain.from_iterable(kin), item])
    return groups


def _needs_both(group: Sequence[pytest.Item]) -> bool:
    return any(mark_of(item).both for item in group)


def _cost(group: Sequence[pytest.Item]) -> float:
    return sum(mark_of(item).cost for item in group)


class Lane:
    """A forked process that runs its share and sends what it reports.

    Made in the run's own process, which holds `ours`, one end of a pipe; the lane holds `theirs`.
    """

    def __init__(
        self, number: int, share: Share, run: Callable[[Lane], None], others: Sequence[Lane]
    ) -> None:
        self.number, self.share = number, share
        self.ours, self.theirs = Pipe()
        self._server: Server | None = None
        self._told = threading.Event()
        self.pid = os.fork()
        if self.pid == 0:
            for lane in (self, *others):
                lane.ours.close()  # so that it closes when the run ends
            self._be(run)
        self.theirs.close()

    # ---- in the lane

    def _be(self, run: Callable[[Lane], None]) -> None:
        """Live as the lane; never returns."""
        code = 1
        try:
            os.setsid()  # Ctrl-C is the run's to answer
            threading.Thread(target=self._listen, daemon=True).start()
            run(self)
            code = 0
        except pytest.exit.Exception as stop:
            self.send("stop", (stop.msg, stop.returncode))
        finally:
            os._exit(code)

    def _listen(self) -> None:
        """Hear of the server; end with the run."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._server = self.theirs.recv()
                self._told.set()
        os._exit(1)

    def server(self) -> Server:
        """The database server, once the run has started it."""
        self._told.wait()
        assert self._server is not None
        return self._server

    def send(self, kind: str, what: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.theirs.send((kind, what))

    # ---- in the run

    def receive(self) -> Message | None:
        """What it says next; None where it has ended."""
        try:
            message: Message = self.ours.recv()
        except (EOFError, OSError):
            return None
        return message

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        self.kill()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.ours.close()


LANE = pytest.StashKey[Lane]()  # the lane that this process is


class Lanes:
    """All lanes of a run."""

    def __init__(self, shares: Sequence[Share], run: Callable[[Lane], None]) -> None:
        gc.freeze()  # so that no lane copies or looks through what all of them share
        self.lanes: list[Lane] = []
        self.over = ""
        self._timer: threading.Timer | None = None
        for number, share in enumerate(shares):
            self.lanes.append(Lane(number, share, run, self.lanes))
        self._lane_of = {item.nodeid: lane for lane in self.lanes for item in lane.share.items}
        self._reports: dict[str, list[pytest.TestReport]] = {}
        self.facts: list[dict[str, Any]] = []

    def end_after(self, seconds: float) -> None:
        """Stop what still runs after some time; `over` then says so."""
        self._timer = threading.Timer(seconds, self._end, [f"grading took longer than {seconds:g} s"])
        self._timer.daemon = True
        self._timer.start()

    def _end(self, why: str) -> None:
        self.over = why
        for lane in self.lanes:
            lane.kill()

    def tell(self, server: Server) -> None:
        """Tell all lanes where the server is."""
        for lane in self.lanes:
            with contextlib.suppress(BrokenPipeError):
                lane.ours.send(server)

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
            if kind == "facts":
                self.facts.append(what)
            elif kind == "report":
                self._reports.setdefault(what.nodeid, []).append(what)
            elif kind == "done" and what == item.nodeid:
                break
        return found

    def close(self) -> None:
        """Stop what still runs."""
        if self._timer is not None:
            self._timer.cancel()
        for lane in self.lanes:
            lane.stop()


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
