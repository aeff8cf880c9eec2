"""The front: commands and names are found, help has an example, bad input is one line with the next step."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from challenges import cli
from challenges.catalogue import ALL, CHECKOUT, challenges, find, ids
from challenges.errors import InputError
from tests.challenges.conftest import Run

OWN = (
    "audit",
    "branches",
    "doctor",
    "explain",
    "hint",
    "list",
    "race",
    "reset",
    "sample-data",
    "start",
    "status",
)


def test_the_overview_shows_every_command(run: Run) -> None:
    code, out, _ = run()
    assert code == 0
    assert [name for name in cli.command_names() if name not in out] == []
    assert set(OWN) < set(cli.command_names())


@pytest.mark.parametrize("name", cli.command_names())
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    module = cli.command(name)
    assert f"example: {module.EXAMPLE}" in said
    assert "\n" not in module.HELP + module.EXAMPLE
    assert len(module.HELP) < 100


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["strat"], "There is no command 'strat'; did you mean 'start'?"),
        (["fly"], "There is no command 'fly'; there are: audit,"),
        (["hint", "double-task"], "There is no challenge 'double-task'; did you mean 'b_double_tasks'?"),
        (["hint", "z"], "There is no challenge 'z'; there are: a_slow_list, b_double_tasks"),
        (["hint"], "The following arguments are required: challenge; see python -m challenges hint --help"),
        (["start", "b", "--level", "hard"], "Argument --level: invalid choice: 'hard'"),
        (["start", "b", "--seed", "x"], "Argument --seed: invalid int value: 'x'"),
        (["start", "all", "--seed", "7"], "`start all` is the assignment as it stands"),
        (["race", "a"], "A slow list is not about two requests at once; these are: b, d"),
        (["explain", "b"], "Double tasks is not passed yet: python -m challenges watch b"),
        (["submit", "b"], "b was not started: python -m challenges start b, or name a workspace with --dir."),
        (["submit", "b", "--dir", "/nowhere"], "There is no folder /nowhere: start again with"),
        (["reset", "b", "--dir", "/nowhere"], "There is no folder /nowhere: python -m challenges start b"),
        (
            ["watch", "b", "--dir", "/nowhere"],
            "/nowhere has no loans/: give the folder that holds it with --dir.",
        ),
        (["audit", "--jobs", "0"], "--jobs takes a number of trees, 1 or more."),
        (["audit", "--task", "q"], "There is no task 'q'"),
        (["sample-data", "--loans", "0"], "--loans: give a number of 1 or more."),
        (
            ["sample-data", "--dir", "/nowhere"],
            "There is no /nowhere/db.sqlite3: run python manage.py migrate",
        ),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    words: list[str], line: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    code, out, err = run(*words)
    assert code == 2
    assert f"challenges: {line}" in err
    assert err.count("\n") == 1
    assert not out.startswith("Traceback")


def test_a_challenge_goes_by_its_letter_and_its_name() -> None:
    assert {find(name).id for name in ("b", "B", "b_double_tasks", "b-double-tasks")} == {"b_double_tasks"}
    assert ids(ALL) == [one.id for one in challenges()]
    with pytest.raises(InputError):
        find("all")


def test_it_works_with_a_broken_app_without_django_and_in_a_pipe(tmp_path: Path) -> None:
    kit = tmp_path / "kit"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CHECKOUT / "challenges", kit / "challenges", ignore=ignored)
    (kit / "loans").mkdir()
    (kit / "loans" / "__init__.py").write_text("def broken(:\n")
    for name in ("django", "rest_framework", "pytest", "rich", "watchfiles", "psycopg"):
        (kit / f"{name}.py").write_text(f"raise ModuleNotFoundError(name='{name}')\n")
    for words in (["list"], ["hint", "b"], ["status"], []):
        done = subprocess.run(
            [sys.executable, "-m", "challenges", *words],
            cwd=kit,
            capture_output=True,
            text=True,
            env={**os.environ, "CHALLENGES_PROGRESS": str(tmp_path / "progress.json")},
        )
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout
        assert done.stdout
    assert "inject needs rich, which is not installed: python3 -m grader.setup python" in done.stdout


def test_a_damaged_record_says_what_to_do(run: Run, own_progress: Path) -> None:
    own_progress.write_text("{")
    code, _, err = run("status")
    assert code == 2
    assert f"{own_progress} is damaged: delete it" in err


def test_hints_come_one_by_one_and_are_counted(run: Run) -> None:
    assert "No hint was shown yet" in run("hint", "a", "--again")[1]
    said = [run("hint", "a")[1] for _ in range(6)]
    assert said[0].startswith("Hint 1 of 5\n\nWhere to look")
    assert said[4].startswith("Hint 5 of 5")
    assert "That was the last one" in said[5]
    assert said[0].split("\n\n", 1)[1].strip() in run("hint", "a", "--again")[1]


def test_doctor_says_what_mends(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("GRADER_DATABASE_URL", "mysql://x")
    code, out, _ = run("doctor")
    assert code == 1
    assert "MEND git is not installed\n     install it from https://git-scm.com" in out
    assert "unset GRADER_DATABASE_URL" in out
