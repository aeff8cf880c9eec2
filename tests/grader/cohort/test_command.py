"""`python -m grader`, as it is typed: real submissions, real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grader import __main__ as front
from grader.cohort import command, suite
from grader.cohort.results import Result, Status
from grader.intake import PACKAGES
from grader.rig import CHECKOUT

REFERENCE = CHECKOUT / "solutions" / "reference"
TASK = ("--task", "c", "--jobs", "2")
GOOD_IN_BOTH = "c.other-loans-are-not-affected"  # what the buggy app passes too


def run(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Type a command."""
    typed = [sys.executable, "-m", "grader", *map(str, words)]
    return subprocess.run(typed, cwd=CHECKOUT, capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A good one, a bad one, one that does not start, one that is none."""
    folder = tmp_path_factory.mktemp("handed-in")
    shutil.copytree(REFERENCE, folder / "good")
    for name in ("bad", "broken"):
        for package in PACKAGES:
            shutil.copytree(CHECKOUT / package, folder / name / package)
    (folder / "broken" / "loans" / "models.py").write_text("this is no Python\n")
    (folder / "none.zip").write_text("no archive")
    return [folder / name for name in ("good", "bad", "broken", "none.zip")]


@pytest.fixture(scope="module")
def made(trees: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A finished run, and what it said."""
    out = tmp_path_factory.mktemp("runs") / "first"
    said = run(*trees, *TASK, "--out", out, "--for", "interviewer", "--for", "candidate", "--format", "html",
               "--format", "junit")  # fmt: skip
    return out, said


def result(out: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / name / "result.json").read_text())
    return found


def test_each_has_its_row_and_its_folder(made: tuple[Path, Any]) -> None:
    out, said = made
    assert said.returncode == 2, said.stderr
    assert said.stderr == ""
    assert result(out, "good")["verdict"] == "distinction"
    assert result(out, "bad")["verdict"] == "fail"
    assert result(out, "broken")["score"] == 0
    assert result(out, "none")["note"].endswith("none.zip is no folder, .zip, .tar.gz or git bundle.")
    for file in (
        "scorecard.json",
        "report.html",
        "junit.xml",
        "candidate-report.html",
        "candidate-junit.xml",
    ):
        assert (out / "good" / file).exists(), file
    assert (out / "index.html").exists() and (out / "cohort.csv").exists()
    lines = said.stdout.splitlines()
    assert sum(line.startswith("[") for line in lines) == 4
    assert lines[-1] == f"{out}/index.html compares them; each has a folder beside it."
    assert "\x1b" not in said.stdout


def test_the_scorecard_tells_what_was_changed(made: tuple[Path, Any]) -> None:
    card = json.loads((made[0] / "good" / "scorecard.json").read_text())
    assert "select_for_update" in card["changes"]["tags"]
    assert "+++ b/loans/views.py" in card["changes"]["diff"]
    assert card["submission"] == "good"


def test_going_on_grades_nothing_twice_and_what_is_new(
    trees: list[Path], made: tuple[Path, Any], tmp_path: Path
) -> None:
    out = tmp_path / "again"
    shutil.copytree(made[0], out)
    before = {name: (out / name / "result.json").stat().st_mtime_ns for name in ("good", "bad")}
    shutil.rmtree(out / "bad")
    said = run(*trees, *TASK, "--out", out, "--resume", "--format", "csv")
    assert said.returncode == 2
    assert (out / "good" / "checks.csv").exists()
    assert (out / "good" / "result.json").stat().st_mtime_ns == before["good"]
    assert result(out, "bad")["score"] == result(made[0], "bad")["score"]
    other = run(trees[0], "--task", "b", "--out", out, "--resume")
    assert other.returncode == 0 and result(out, "good")["tasks"] == {"b": "distinction"}


def test_fail_under_is_an_exit_code(trees: list[Path], made: tuple[Path, Any], tmp_path: Path) -> None:
    out = tmp_path / "run"
    shutil.copytree(made[0], out)
    assert run(trees[0], *TASK, "--out", out, "--resume", "--fail-under", "90").returncode == 0
    assert run(*trees[:2], *TASK, "--out", out, "--resume", "--fail-under", "90").returncode == 1


def left_running(out: Path) -> list[str]:
    """Processes of a run: those whose environment has its mark."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(out).encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_is_done_is_kept_and_nothing_runs_on(number: int, trees: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "run"
    names = ["good", "bad", "broken"]
    typed = [
        sys.executable,
        "-m",
        "grader",
        *map(str, trees[:3]),
        "--task",
        "c",
        "--jobs",
        "1",
        "--out",
        str(out),
    ]
    environment = {**os.environ, "RUN_OF_A_TEST": str(out)}
    process = subprocess.Popen(typed, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    process.stdout.readline()  # the first is graded
    time.sleep(0.2)  # the second is under way
    process.send_signal(number)
    said = process.communicate()[0]
    deadline = time.monotonic() + 10
    while (left := left_running(out)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []
    kept = [name for name in names if (out / name / "result.json").exists()]
    assert "good" in kept
    if number != signal.SIGKILL:
        assert process.returncode == 130
        assert f"of 3 graded. To go on, add --resume --out {out}." in said
        assert (out / "index.html").exists()
    done = run(*trees[:3], "--task", "c", "--jobs", "1", "--out", out, "--resume")
    assert done.returncode == 0
    assert [result(out, name)["verdict"] for name in names] == ["distinction", "fail", "fail"]


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["nobody"], "grader: There is no nobody: give folders, .zip, .tar.gz or git bundles.", 4),
        ([".", "--resume"], "grader: --resume needs --out: which run is to be gone on with?", 4),
        ([".", "--task", "z"], "grader: --task: there is no task 'z'; there are a, b, c, d, e.", 4),
        ([".", "--out", "README.md"], "grader: README.md can't be written: File exists.", 4),
        ([".", "--limit", "x=1"], "grader: --limit: there is no limit 'x'; there are call, start, run", 4),
        ([".", "--baseline", "nowhere"], "grader: --baseline: there is no nowhere.", 4),
        (
            [".", "--baseline", "solutions", "--scheduler", "tcp://x:1"],
            "grader: --baseline is not sent to a cluster: leave out --scheduler.",
            4,
        ),
        ([".", "--rubric", "README.md"], "README.md is no TOML", 4),
        ([".", "--jobs", "0"], "argument --jobs: '0' is no number of 1 or more", 2),
        ([".", "--task", "bb"], "argument --task: 'bb' is no task: a letter", 2),
        ([".", "--fail-under", "101"], "argument --fail-under: '101' is no score: 0 to 100", 2),
        ([".", "--format", "pdf"], "argument --format: invalid choice: 'pdf'", 2),
    ],
)
def test_a_slip_is_one_line(
    words: list[str],
    said: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(CHECKOUT)
    try:
        ended = front.main(words)
    except SystemExit as stop:
        ended = int(str(stop.code))
    assert ended == code
    assert said in capsys.readouterr().err


def test_a_run_is_not_written_over(made: tuple[Path, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert front.main([str(CHECKOUT), "--out", str(made[0])]) == 4
    wanted = f"grader: {made[0]} has a run already: add --resume to go on with it, or name another folder.\n"
    assert capsys.readouterr().err == wanted


def test_exit_codes() -> None:
    good = Result("a", "k", Status.GRADED, score=80)
    assert command._exit_code([good], None) == 0
    assert command._exit_code([good], 81) == 1
    assert command._exit_code([good, Result("b", "k", Status.CRASHED)], 81) == 2


def test_a_rubric_weighs_what_is_shown_and_fail_under(
    trees: list[Path], made: tuple[Path, Any], tmp_path: Path
) -> None:
    out, file = tmp_path / "run", tmp_path / "rubric.toml"
    shutil.copytree(made[0], out)
    points = "".join(f'"{name}" = 0\n' for name in suite.load() if name[0] == "c" and name != GOOD_IN_BOTH)
    file.write_text(f'[points]\n{points}[grades]\n"hire" = 90\n')
    said = run(trees[1], *TASK, "--out", out, "--resume", "--fail-under", "90", "--rubric", file)
    assert said.returncode == 0, said.stdout
    assert result(out, "bad")["score"] < 90
    row = said.stdout.splitlines()[-2]
    assert row.split() == ["bad", "fail", "100", "fail", "hire"]
    file.write_text('[points]\n"c.typo" = 1\n')
    assert run(trees[1], "--rubric", file).stderr == "grader: --rubric: there is no c.typo.\n"


def test_changes_are_shown_against_what_was_handed_out(trees: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "run"
    archive = shutil.make_archive(str(tmp_path / "handed-out"), "zip", trees[0])
    said = run(trees[0], "--task", "c", "--out", out, "--baseline", archive)
    assert said.returncode == 0, said.stdout
    assert json.loads((out / "good" / "scorecard.json").read_text())["changes"]["diff"] == ""
