"""Whatever one submission's grading does, it is that submission's row, and the others go on."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.cohort import child, results
from grader.cohort import pool as pool_module
from grader.cohort.child import Wish, last_line
from grader.cohort.pool import Pool
from grader.cohort.results import Result, Status
from grader.cohort.slot import Slot
from grader.cohort.submissions import Submission
from grader.errors import DatabaseError

Work = Callable[[Submission, Path], int]


def grading(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    """Let grading be something else."""
    monkeypatch.setattr(child, "grade", lambda one, folder, scratch, server, wish, lanes: work(one, folder))


def pool(tmp_path: Path, *names: str, jobs: int = 2, limit: float = 20) -> Pool:
    out = tmp_path / "out"
    wanted = [Submission(name, tmp_path) for name in names]
    return Pool(wanted, out, Wish(), jobs, limit, tmp_path / "root", named=True)


def graded(one: Submission, folder: Path) -> int:
    (folder / results.SCORECARD).write_text("{}")
    results.write(folder, Result(one.name, "k", Status.GRADED))
    return 0


def odd(one: Submission, folder: Path) -> int:
    """Grades well, or as its name says."""
    if one.name == "segfault":
        faulthandler.disable()  # pytest's would print all of this test's frames
        os.kill(os.getpid(), signal.SIGSEGV)
    if one.name == "exits":
        sys.stderr.write("the last words\n")
        sys.exit(3)
    if one.name == "hangs":
        time.sleep(60)
    if one.name == "silent":
        return 0
    return graded(one, folder)


def test_each_end_is_a_row_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grading(monkeypatch, odd)
    monkeypatch.setattr(pool_module, "GRACE", 0.0)
    names = ("one", "segfault", "exits", "hangs", "silent", "two")
    found = {r.name: r for r in pool(tmp_path, *names, limit=1).run() if r is not None}
    assert set(found) == set(names)
    assert found["one"].status is found["two"].status is Status.GRADED
    assert found["segfault"].note == "its grading ended with SIGSEGV"
    assert found["exits"].note == "its grading ended with exit code 70: SystemExit(3)"
    assert (found["hangs"].status, found["hangs"].note) == (Status.TIMED_OUT, "not graded within 1 s")
    assert found["silent"].status is Status.CRASHED
    for name in names:
        assert results.read(tmp_path / "out" / name) == found[name]
    assert not (tmp_path / "out" / "one" / child.LOG).exists()
    assert (tmp_path / "out" / "exits" / child.LOG).exists()


def test_the_machines_fault_is_tried_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def once_unlucky(one: Submission, folder: Path) -> int:
        if (folder / "tried").exists():
            return graded(one, folder)
        (folder / "tried").touch()
        results.write(folder, Result(one.name, "k", Status.MACHINE, "no room"))
        return 0

    grading(monkeypatch, once_unlucky)
    assert [r.status for r in pool(tmp_path, "one").run() if r is not None] == [Status.GRADED]


def test_it_is_not_tried_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlucky(one: Submission, folder: Path) -> int:
        results.write(folder, Result(one.name, "k", Status.MACHINE, "no room"))
        return 0

    grading(monkeypatch, unlucky)
    assert [r.note for r in pool(tmp_path, "one").run() if r is not None] == ["no room"]


def test_no_database_is_said_in_each_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(self: Slot) -> None:
        raise DatabaseError("No embedded PostgreSQL on this platform")

    monkeypatch.setattr(Slot, "server", none)
    found = [r for r in pool(tmp_path, "one", "two").run() if r is not None]
    assert [r.note for r in found] == ["No embedded PostgreSQL on this platform"] * 2


def test_what_runs_is_ended_when_the_run_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(one: Submission, folder: Path) -> int:
        (folder / "pid").write_text(str(os.getpid()))
        time.sleep(60)
        return 0

    grading(monkeypatch, hangs)
    running = pool(tmp_path, "one").run()
    pid = tmp_path / "out" / "one" / "pid"
    while not pid.exists() or not pid.read_text():
        next(running)
    running.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("a\nb\n", "b"),
        ("Exit: grader: No room left\n1 passed\n", "No room left"),
        ("!!!! _pytest.outcomes.Exit: grader: There is no x !!!!\n", "There is no x"),
    ],
)
def test_a_log_is_said_in_a_line(text: str, line: str, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    assert last_line(log) == ""
    log.write_text(text)
    assert last_line(log) == line
