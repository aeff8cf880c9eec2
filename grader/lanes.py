"""Runs the checks side by side: each lane is a fork of this pytest, with a rig of its own.

The run itself prints in the order of the suite, whichever lane is ahead.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
from collections.abc import Callable, Sequence
from multiprocessing import Pipe
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from grader.database.server import Server
from grader.shares import Share

Message = tuple[
    str, Any
]  # ("report", TestReport), ("done", node id), ("facts", facts), ("stop", (text, exit code))


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
