"""Runs a project's own tests on the healthy tree and on each injected one: which bugs do they notice?"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from challenges.errors import InputError
from challenges.injection.inject import injected
from challenges.injection.project import Site
from challenges.injection.writing import put, to_folder

LEAST_SECONDS, TIMES_HEALTHY = 20.0, 4.0  # how long the tests may take with a bug in


@dataclass(frozen=True)
class Trial:
    """What became of one bug: "killed", "survived", "timed out" (noticed, too) or "not injected"."""

    site: Site
    outcome: str
    diff: str = ""
    reason: str = ""  # why a survivor is no bug, where it is known to be none
    by: str = ""  # what noticed it

    @property
    def noticed(self) -> bool:
        return self.outcome in ("killed", "timed out")


@dataclass(frozen=True)
class Report:
    """All trials, and the rate: noticed of those that are bugs."""

    trials: list[Trial] = field(default_factory=list)

    @property
    def counted(self) -> list[Trial]:
        return [t for t in self.trials if t.outcome != "not injected" and not t.reason]

    @property
    def rate(self) -> float:
        return sum(t.noticed for t in self.counted) / len(self.counted) if self.counted else 1.0

    @property
    def survivors(self) -> list[Trial]:
        return [trial for trial in self.counted if not trial.noticed]

    @property
    def equivalents(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.reason]

    def by_operator(self) -> dict[str, tuple[int, int]]:
        """For each operator how many bugs were noticed, of how many."""
        rows: dict[str, tuple[int, int]] = {}
        for trial in self.counted:
            noticed, all_ = rows.get(trial.site.operator, (0, 0))
            rows[trial.site.operator] = (noticed + trial.noticed, all_ + 1)
        return dict(sorted(rows.items()))

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "kill_rate": round(self.rate, 4),
            "operators": {n: {"noticed": k, "bugs": a} for n, (k, a) in self.by_operator().items()},
            "trials": [asdict(trial) for trial in self.trials],
        }


def check(
    root: Path, sites: Iterable[Site], command: str, done: Callable[[Trial], None] = lambda trial: None
) -> Report:
    """Run a command on a copy of the project, healthy first, then with one bug at a time.

    Raises InputError where the command fails on the healthy tree: nothing can be learnt from it then.
    """
    with tempfile.TemporaryDirectory(prefix="inject-") as scratch:
        copy = Path(scratch) / root.resolve().name
        to_folder(root, {}, copy)
        began = time.monotonic()
        if (code := _run(command, copy, None)) != 0:
            raise InputError(
                f"`{command}` fails on the healthy project already (exit code {code}): mend that first."
            )
        most = max(LEAST_SECONDS, TIMES_HEALTHY * (time.monotonic() - began))
        trials = []
        for site in sites:
            trials.append(_try(root, copy, site, command, most))
            done(trials[-1])
    return Report(trials)


def _try(root: Path, copy: Path, site: Site, command: str, most: float) -> Trial:
    try:
        changed = injected(root, site)
    except (InputError, SyntaxError) as error:
        return Trial(site, "not injected", str(error))
    put(copy, changed)
    try:
        code = _run(command, copy, most)
    finally:
        put(copy, {path: (root / path).read_bytes().decode() for path in changed})
    outcome = "timed out" if code is None else "killed" if code else "survived"
    return Trial(site, outcome, site.change)


def _run(command: str, folder: Path, most: float | None) -> int | None:
    """The exit code, or None where it took longer than it may; its whole process group ends with it."""
    quiet = subprocess.DEVNULL
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(most)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None
