"""`watch` and `race`: graded as `pytest grader` does it, and told as what changed."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from challenges import record
from challenges.catalogue import CHECKOUT
from challenges.grading.card import Graded, told
from challenges.grading.warm import WarmGrader
from tests.challenges.conftest import Run

REFERENCE = CHECKOUT / "solutions" / "reference"
PATIENCE = 120  # seconds: other work may keep the machine busy


def check(identifier: str, outcome: str, level: str = "pass") -> dict[str, Any]:
    return {
        "id": identifier,
        "level": level,
        "outcome": outcome,
        "requirement": "It holds.",
        "observed": "it \x1b[2J does not" if outcome != "passed" else "",
        "expected": "it does",
        "why": "so",
        "evidence": {"replay": "same.1A.1B"} if outcome != "passed" else {},
    }


def graded(*checks: dict[str, Any], verdict: str = "fail") -> Graded:
    return Graded(verdict, 50, list(checks), [])


def test_only_what_changed_is_told_and_the_first_failure_in_full() -> None:
    before = graded(
        check("b.one", "failed"), check("b.two", "passed"), check("b.three", "failed", "distinction")
    )
    now = graded(
        check("b.one", "passed"), check("b.two", "failed"), check("b.three", "failed", "distinction")
    )
    said = "\n".join(told(now, before))
    assert "now passes  b.one" in said
    assert "now fails   b.two" in said
    assert "b.three" not in said
    assert "seen: it ?[2J does not" in said
    assert "again: pytest grader --replay same.1A.1B" in said
    assert "as before" in "\n".join(told(now, now))


def test_a_check_of_level_pass_comes_first() -> None:
    first = graded(check("b.far", "failed", "distinction"), check("b.near", "failed")).first_failure
    assert first is not None
    assert first["id"] == "b.near"


def test_a_warm_grader_grades_again_and_again(tmp_path: Path) -> None:
    tree = Path(shutil.copytree(REFERENCE, tmp_path / "jane"))
    with WarmGrader() as grader:
        assert Graded.of(grader.grade(tree, "c"), "c").verdict == "distinction"
        (tree / "loans" / "models.py").write_text("def broken(:\n")
        broken = Graded.of(grader.grade(tree, "c"), "c")
        assert broken.first_failure is not None
        assert "loans/models.py" in broken.first_failure["observed"]
        shutil.copy(REFERENCE / "loans" / "models.py", tree / "loans")
        assert Graded.of(grader.grade(tree, "c"), "c").verdict == "distinction"


def test_once_has_an_exit_code_and_keeps_the_best(run: Run) -> None:
    code, out, _ = run("watch", "c", "--once", "--dir", REFERENCE)
    assert code == 0
    assert out.startswith("distinction  100/100")
    assert record.load()["c_one_active_task"].verdict == "distinction"
    assert "[x] Validation & business logic layers" in run("status")[1]
    assert "best 100/100, distinction" in run("list")[1]


def test_it_grades_at_each_save_and_ends_with_ctrl_c(tmp_path: Path, own_progress: Path) -> None:
    tree = Path(shutil.copytree(REFERENCE, tmp_path / "jane"))
    command = [sys.executable, "-u", "-m", "challenges", "watch", "c", "--dir", str(tree)]
    watching = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, record.VARIABLE: str(own_progress)},
    )
    lines: queue.Queue[str] = queue.Queue()
    assert watching.stdout is not None
    threading.Thread(
        target=lambda out: [lines.put(line) for line in out], args=[watching.stdout], daemon=True
    ).start()

    def wait_for(words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in lines.get(timeout=max(0.1, deadline - time.monotonic())):
            pass

    try:
        wait_for("Watching")
        (tree / "loans" / "views.py").write_text("import nothing_such\n")
        wait_for("now fails")
        shutil.copy(REFERENCE / "loans" / "views.py", tree / "loans")
        wait_for("now passes")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(PATIENCE) in (0, 130)
    finally:
        watching.kill()


def test_a_race_is_drawn_in_two_columns(run: Run) -> None:
    code, out, _ = run("race", "b")
    assert code == 1
    for words in (
        "worker A",
        "worker B",
        "INSERT INTO taskexecution",
        "2 open tasks",
        "pytest grader --replay same.",
    ):
        assert words in out
    assert "\x1b" not in out


def test_where_no_order_breaks_it_one_is_shown(run: Run) -> None:
    code, out, _ = run("race", "b", "--dir", REFERENCE)
    assert code == 0
    assert "No order of two requests breaks" in out
    assert "explored all" in out
    assert "(waits for A)" in out


@pytest.mark.parametrize("command", ["race", "watch"])
def test_what_can_not_be_graded_is_one_line(command: str, run: Run, tmp_path: Path) -> None:
    code, _, err = run(command, "b", "--dir", tmp_path)
    assert code == 2
    assert err.count("\n") == 1
