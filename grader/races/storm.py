"""The threaded test that every reader expects: many creates at once, in real time, with nothing held.

An observation beside the proof, shown and not scored: what it sees depends on luck.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

from grader.app import App
from grader.calls import creating
from grader.workers.worker import SubmissionError, WorkerLost

THREADS = 8  # of each worker


@dataclass(frozen=True)
class Storm:
    """How many creates had each status, how many tasks are open after them, and the seconds it took."""

    statuses: Counter[int]
    open_tasks: int
    seconds: float

    def __str__(self) -> str:
        said = ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()))
        return (
            f"storm: {self.statuses.total()} creates at once on one loan: {said}; "
            f"open tasks: {self.open_tasks}"
        )


def raise_a_storm(app: App) -> Storm | None:
    """Sixteen creates on one loan, from threads of both workers; None where that can't be."""
    owner, loan, _ = app.owned_loan()
    workers = [app.rig.worker(name) for name in ("A", "B")]
    start = time.monotonic()
    try:
        for worker in workers:
            worker.send("storm", calls=[app.request(creating(owner, loan)) for _ in range(THREADS)])
        said = [worker.answer() for worker in workers]
    except (SubmissionError, WorkerLost):
        return None
    seconds = time.monotonic() - start
    statuses = Counter(int(status) for answer in said for status in answer["statuses"])
    return Storm(statuses, len(app.open_tasks(loan)), seconds)
