"""`pytest grader` as its users run it: verdicts, exit codes, and one clear line for what is wrong."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.prove import lay_over

CHECKOUT = Path(__file__).resolve().parents[2]


def grade(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "grader", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The reference, to be broken."""
    return Path(shutil.copytree(CHECKOUT / "solutions" / "reference", tmp_path / "jane"))


def scorecard(tree: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    score = tree.parent / "score.json"
    done = grade("--submission", str(tree), "--score-json", str(score), *arguments)
    return done.returncode, json.loads(score.read_text()), done.stdout


def test_a_right_fix_exits_with_0_and_has_a_scorecard(tree: Path) -> None:
    code, card, shown = scorecard(tree, "--task", "c")
    assert code == 0
    assert card["schema"] == 1
    assert card["submission"] == "jane"
    assert card["overall"] == {"score": 100, "verdict": "distinction"}
    assert card["integrity"]["ok"] is True
    assert list(card["tasks"]) == ["c"]
    keys = {"id", "level", "points", "outcome", "observed", "expected", "why", "evidence"}
    assert all(keys <= check.keys() for check in card["tasks"]["c"]["checks"])
    assert "C  distinction  100/100" in shown


def test_the_buggy_app_exits_with_1_and_says_why() -> None:
    done = grade("--task", "c")
    assert done.returncode == 1
    for word in ("seen", "expected", "why", "C  fail"):
        assert word in done.stdout


def test_what_falls_short_of_distinction_is_shown_with_its_reason(tmp_path: Path) -> None:
    overlay = CHECKOUT / "solutions" / "a_slow_list" / "near_misses" / "unneeded-eager-loads"
    code, card, shown = scorecard(lay_over(overlay, tmp_path / "jane"), "--task", "a")
    assert code == 0
    assert card["tasks"]["a"]["verdict"] == "pass"
    assert "SHORT OF DISTINCTION" in shown
    assert "expected  only what the answer shows is read" in shown


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--submission", "/nowhere/at/all"], "grader: There is no /nowhere/at/all"),
        (["--submission", "README.md"], "README.md is no folder, .zip, .tar.gz or git bundle"),
        (["--submission", "tests"], "tests has no loans/ and no interview/"),
        (["--task", "z"], "there is no task 'z'; there are a, b, c, d, e"),
        (["--score-json", "/nowhere/score.json"], "there is no folder /nowhere: make it first"),
    ],
)
def test_bad_input_gets_one_line_and_exit_code_4(arguments: list[str], line: str) -> None:
    done = grade(*arguments)
    assert done.returncode == 4
    said = done.stdout + done.stderr
    assert line in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("mysql://x@y/z", "must start with postgresql://"),
        ("postgresql://x:y@127.0.0.1:1/z", "PostgreSQL can't be reached"),
        ("postgresql://x:y@127.0.0.1:port/z", "is no database URL"),
    ],
)
def test_a_database_that_is_not_there_exits_with_3(url: str, line: str) -> None:
    done = grade("--task", "c", GRADER_DATABASE_URL=url)
    assert done.returncode == 3
    assert line in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


BREAKS = {
    "a syntax error": ("loans/models.py", "\ndef broken(:\n", "loans/models.py"),
    "an import that is not there": ("loans/views.py", "\nimport no_such_package\n", "no_such_package"),
    "urls that lead nowhere": ("interview/urls.py", "\nurlpatterns = [path('x/', nowhere)]\n", "nowhere"),
    "a migration that fails": (
        "loans/migrations/0001_initial.py",
        "\nMigration.operations.insert(0, migrations.RunSQL('SELECT * FROM no_such_table'))\n",
        "no_such_table",
    ),
    "migrations that conflict": (
        "loans/migrations/0002_other.py",
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        "    dependencies = [('loans', '0001_initial')]\n",
        "onflict",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_submission_is_a_verdict_that_names_the_fault(tree: Path, name: str) -> None:
    file, text, word = BREAKS[name]
    with (tree / file).open("a") as broken:
        broken.write(text)
    code, card, shown = scorecard(tree, "--task", "c", "--task", "e")
    checks = [check for task in card["tasks"].values() for check in task["checks"]]
    assert code == 1
    assert {check["outcome"] for check in checks} == {"error"}
    assert word in checks[0]["observed"]
    assert card["overall"]["verdict"] == "fail"
    assert "INTERNALERROR" not in shown


def test_settings_that_are_gone_are_a_verdict(tree: Path) -> None:
    (tree / "interview" / "settings.py").unlink()
    code, card, _ = scorecard(tree, "--task", "c")
    assert code == 1
    assert "interview.settings" in card["tasks"]["c"]["checks"][0]["observed"]


def test_a_model_change_without_a_migration_is_a_finding(tree: Path) -> None:
    for migration in (tree / "loans" / "migrations").glob("000[2-9]*"):
        migration.unlink()
    code, card, shown = scorecard(tree, "--task", "c")
    assert code == 0
    assert "makemigrations --check" in card["integrity"]["findings"][0]["text"]
    assert "note: `makemigrations --check` fails" in shown
    assert card["integrity"]["ok"] is True


def test_a_selection_gives_no_verdict(tree: Path) -> None:
    code, card, shown = scorecard(tree, "--task", "c", "-k", "unknown_task_type")
    assert code == 0
    assert "there is no verdict" in shown
    assert card["tasks"]["c"]["verdict"] == "fail"  # what did not run is not passed


def test_collecting_starts_nothing() -> None:
    done = grade("--collect-only", "-q", "--task", "b")
    assert done.returncode == 0
    assert "test_two_creates_one_winner" in done.stdout
    assert "scorecard" not in done.stdout


def left_behind(place: Path) -> set[str]:
    """What a run with `place` as its TMPDIR has going or lying about."""
    found = {str(path) for path in place.iterdir()}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if str(place).encode() in told:
                found.add(process.name)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_behind_however_a_run_ends(number: signal.Signals) -> None:
    with tempfile.TemporaryDirectory(prefix="k-") as scratch:
        place = Path(scratch)
        place.chmod(0o755)
        run = subprocess.Popen(
            [sys.executable, "-m", "pytest", "grader", "--task", "e"],
            cwd=CHECKOUT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": scratch},
        )
        wait_until(lambda: any(place.glob("grader-*/pg/data/postmaster.pid")))
        run.send_signal(number)
        run.wait(30)
        wait_until(lambda: not left_behind(place))


def test_a_server_in_memory_is_not_left_behind() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "grader", "--task", "e"],
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    found: list[Path] = []
    wait_until(lambda: bool(found.extend(data_folders(run.pid)) or found))
    run.kill()
    run.wait(30)
    wait_until(lambda: not found[0].parent.exists())


def data_folders(pid: int) -> list[Path]:
    """The data folders of the servers that a process has started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            words = (process / "cmdline").read_bytes().decode().split("\0")
            if parent == pid and words[0].endswith("postgres") and "-D" in words:
                found.append(Path(words[words.index("-D") + 1]))
    return found


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nothing_of_the_submission_is_imported_by_pytest(tree: Path) -> None:
    spy = "from pathlib import Path\nPath(__file__).with_name('imported').touch()\n"
    (tree / "conftest.py").write_text(spy)
    (tree / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    code, card, _ = scorecard(tree, "--task", "c")
    assert code == 0
    assert card["overall"]["verdict"] == "distinction"
    assert not (tree / "imported").exists()
