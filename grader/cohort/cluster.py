"""Grades submissions on a Dask cluster: the same results, written here, whichever machine each was graded on.

A worker that dies gives its submission back to the scheduler. Only what is not kept already is sent.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import intake
from grader.cohort import changes, child, results
from grader.cohort.child import Wish
from grader.cohort.remote import KEPT, Order, carry_out, pack
from grader.cohort.results import Result, Status
from grader.cohort.submissions import Submission
from grader.errors import GraderError, InputError
from grader.versions import versions

POLL = 0.1  # seconds between two looks at what is done
PATIENCE = 10  # seconds in which the scheduler must answer


@dataclass
class Cluster:
    """`submissions` into folders below `out`, by the workers of the scheduler at `address`."""

    submissions: Sequence[Submission]
    out: Path
    wish: Wish
    limit: float
    address: str

    def run(self) -> Generator[Result | None]:
        """Each result as it comes; None now and then where there is none. Raises InputError."""
        client = connect(self.address)
        try:
            waiting: dict[str, Any] = {}
            for one in self.submissions:
                known = self._send(client, one, waiting)
                if known is not None:
                    yield known
            while waiting:
                for name in [name for name, future in waiting.items() if future.done()]:
                    yield self._receive(name, waiting.pop(name))
                yield None
                time.sleep(POLL)
        finally:
            client.close(timeout=PATIENCE)  # what is not done yet is not done any more

    def _send(self, client: Any, one: Submission, waiting: dict[str, Any]) -> Result | None:
        """Send it, or give the result that is known without."""
        folder = self.out / one.name
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="grader-") as scratch:
            tree = Path(scratch) / one.name
            try:
                beside = intake.take(one.path, tree)
            except GraderError as error:
                return _keep(folder, Result(one.name, "", Status.REFUSED, str(error)))
            key = results.key(changes.digest(tree) + beside.requirements, self.wish.asked)
            kept = results.read(folder) if self.wish.resume else None
            if kept is not None and kept.key == key and kept.status.is_final:
                child.renew_reports(folder, kept, self.wish)
                return kept
            if beside.requirements:
                (tree / "requirements.txt").write_text(beside.requirements)
            order = Order(one.name, pack(tree), self.wish.tasks, self.wish.further, self.limit, versions())
        waiting[one.name] = client.submit(carry_out, order, pure=False)
        return None

    def _receive(self, name: str, future: Any) -> Result:
        """Write what came of it, its reports too."""
        folder = self.out / name
        try:
            files: dict[str, bytes] = future.result()
        except Exception as error:  # whatever went wrong elsewhere is this submission's row
            note = str(error).strip().splitlines() or [type(error).__name__]
            return _keep(folder, Result(name, "", Status.MACHINE, note[0][:300]))
        for kept in KEPT:
            (folder / kept).unlink(missing_ok=True)
        for kept in KEPT:  # the result last: what has one is whole
            if kept in files and kept != results.FILE:
                (folder / kept).write_bytes(files[kept])
        if results.SCORECARD in files:
            child.write_reports(folder, json.loads(files[results.SCORECARD]), self.wish)
        results.replace_text(folder / results.FILE, files[results.FILE].decode())
        found = results.read(folder)
        return found or _keep(folder, Result(name, "", Status.MACHINE, "the result did not arrive whole"))


def connect(address: str) -> Any:
    """A client of the scheduler. Raises InputError with one line."""
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(
            "--scheduler needs Dask's distributed: pip install -r requirements-cluster.txt"
        ) from error
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"--scheduler: nothing answers at {address}: start `dask scheduler` there."
        ) from error
    if not client.scheduler_info(n_workers=-1)["workers"]:
        client.close()
        raise InputError(
            f"--scheduler: {address} has no workers: start `dask worker {address}` in a checkout."
        )
    return client


def _keep(folder: Path, result: Result) -> Result:
    results.write(folder, result)
    return result
