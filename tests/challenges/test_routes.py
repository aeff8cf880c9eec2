"""The three routes that the README shows, from one end to the other, by the commands that it shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from challenges.catalogue import CHECKOUT
from challenges.git import NEUTRAL

HEALTHY = CHECKOUT / "solutions" / "reference" / "loans"
README = (CHECKOUT / "README.md").read_text()


def typed(command: str, at: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    """What comes of a command as a person types it."""
    words = command.split()
    program = {"pytest": [sys.executable, "-B", "-m", "pytest"], "python": [sys.executable, "-B"]}
    clean = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return subprocess.run(
        [*program.get(words[0], words[:1]), *words[1:]],
        cwd=at,
        capture_output=True,
        text=True,
        env={**clean, **NEUTRAL},
    )


def fix(workspace: Path) -> None:
    """Make the app healthy: a workspace has one bug, and the rest is the healthy app already."""
    shutil.rmtree(workspace / "loans")
    shutil.copytree(HEALTHY, workspace / "loans", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.mark.parametrize("level", ["classic", "senior"])
def test_an_interviewer_hands_out_and_grades_what_a_candidate_sends_back(level: str, tmp_path: Path) -> None:
    jane, sent = tmp_path / "jane", tmp_path / "jane.zip"
    assert typed(f"python -m challenges start c --level {level} --seed 3 --dir {jane}").returncode == 0
    as_handed_over = typed(f"pytest grader --task c --submission={jane}")
    assert as_handed_over.returncode == 1, as_handed_over.stdout
    assert "C  fail" in as_handed_over.stdout

    if level == "classic":  # the visible checks are weaker than the grading: subtle bugs get past them
        assert typed("pytest -q", at=jane).returncode == 1
    fix(jane)
    seen = typed("pytest -q", at=jane)
    assert seen.returncode == 0, seen.stdout
    refused = typed(f"python -m challenges submit c --to {sent}")
    assert refused.returncode == 2 and "is not committed" in refused.stderr
    assert typed("git add -A", at=jane).returncode == 0
    assert typed("git commit -qm Fix", at=jane).returncode == 0
    assert typed(f"python -m challenges submit c --to {sent}").returncode == 0

    graded = typed(f"pytest grader --task c --submission={sent}")
    assert graded.returncode == 0, graded.stdout
    assert "C  distinction  100/100" in graded.stdout


def test_a_candidate_may_send_a_git_bundle_as_the_workspace_says(tmp_path: Path) -> None:
    jane = tmp_path / "jane"
    assert typed(f"python -m challenges start c --dir {jane}").returncode == 0
    fix(jane)
    (shown,) = [line for line in (jane / "README.md").read_text().splitlines() if "git bundle" in line]
    assert typed("git add -A", at=jane).returncode == 0
    assert typed("git commit -qm Fix", at=jane).returncode == 0
    assert typed(shown, at=jane).returncode == 0
    (sent,) = tmp_path.glob("*.bundle")
    assert typed(f"pytest grader --task c --submission={sent}").returncode == 0


def test_a_learner_comes_from_a_hint_to_the_explanation(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    assert typed(f"python -m challenges start c --dir {mine}").returncode == 0
    assert typed("python -m challenges hint c").stdout.startswith("Hint 1 of ")
    assert typed("python -m challenges explain c").returncode == 2
    assert typed("python -m challenges watch c --once").returncode == 1
    fix(mine)
    watched = typed("python -m challenges watch c --once")
    assert watched.returncode == 0, watched.stdout + watched.stderr
    explained = typed("python -m challenges explain c")
    assert explained.returncode == 0, explained.stderr
    assert explained.stdout.count("Another right one: ") == 2
    assert "[x] Validation & business logic layers" in typed("python -m challenges status").stdout
    assert "best 100/100, distinction" in typed("python -m challenges list").stdout


def test_the_routes_are_in_the_readme() -> None:
    for command in ("start b --dir ../jane", "hint a", "watch a", "explain a", "status", "list"):
        assert f"python -m challenges {command}\n" in README
    assert "pytest grader --task b --submission=../jane\n" in README
