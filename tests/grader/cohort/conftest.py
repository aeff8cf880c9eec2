"""Runs of the tests' own making, on recorded scorecards: nothing is graded for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.cohort import results
from grader.cohort.results import Result, Status
from tests.grader.reports.conftest import card

Keep = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A folder of a run, still empty."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({"schema": 1, "submissions": []}))
    return folder


@pytest.fixture
def keep(run: Path) -> Keep:
    """Put a submission with a scorecard, or without, into the run."""

    def keep(name: str, source: str = "", changes: dict[str, Any] | None = None, **edits: Any) -> Result:
        folder = run / name
        folder.mkdir()
        found = json.loads((run / "run.json").read_text())
        found["submissions"].append(name)
        (run / "run.json").write_text(json.dumps(found))
        if not source:
            result = Result(name, "k", Status.CRASHED, "its grading ended with SIGSEGV")
        else:
            made = {**card(source), "submission": name, "changes": changes or {}, **edits}
            (folder / results.SCORECARD).write_text(json.dumps(made))
            result = results.of_scorecard(name, "k", 5.0, made)
        results.write(folder, result)
        return result

    return keep
