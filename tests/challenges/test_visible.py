"""The visible checks, by plain `pytest` in a workspace: they fail as handed over, and pass with the fix."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from challenges.apps import draw
from challenges.catalogue import ALL, CHECKOUT, challenges
from challenges.workspace.contents import contents
from challenges.workspace.making import write
from tests.challenges.conftest import fallback, tree_files
from tests.prove import lay_over

NAMES = [one.id for one in challenges()]


def visible(workspace: Path, *words: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    command = [sys.executable, "-B", "-m", "pytest", "-q", *words]
    return subprocess.run(command, cwd=workspace, capture_output=True, text=True, env=clean)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The workspace of `all`, with the assignment's app."""
    write(
        tmp_path / "all", {**contents(ALL, dict.fromkeys(NAMES, "classic")), **fallback({"all": "classic"})}
    )
    return tmp_path / "all"


def test_every_challenge_has_a_visible_check_that_fails_as_handed_over(workspace: Path) -> None:
    done = visible(workspace)
    assert done.returncode == 1, done.stdout
    failed = set(re.findall(r"^FAILED checks/test_(\w+)\.py", done.stdout, re.MULTILINE))
    assert failed == set(NAMES), done.stdout[-3000:]
    assert "FAILED loans" not in done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_the_visible_checks_pass_with_the_assignments_fix(name: str, workspace: Path, tmp_path: Path) -> None:
    fixed = lay_over(CHECKOUT / "solutions" / name / "alternatives" / "expected-fix", tmp_path / "fixed")
    shutil.rmtree(workspace / "loans")
    shutil.rmtree(workspace / "interview")
    write(workspace, tree_files(fixed))
    done = visible(workspace, f"checks/test_{name}.py")
    assert done.returncode == 0, done.stdout[-3000:]


def test_all_visible_checks_pass_on_the_healthy_app(workspace: Path) -> None:
    shutil.rmtree(workspace / "loans")
    write(workspace, tree_files(CHECKOUT / "solutions" / "reference"))
    done = visible(workspace)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("name", NAMES)
def test_a_workspace_of_one_challenge_shows_its_complaint(name: str, tmp_path: Path) -> None:
    bugs, _ = draw(name, None, None)
    write(tmp_path / name, contents(name, bugs))
    done = visible(tmp_path / name)
    assert done.returncode == 1, done.stdout[-3000:]
    assert re.search(rf"^FAILED checks/test_{name}\.py", done.stdout, re.MULTILINE)
    if name == "c_one_active_task":  # which B's fix would hide
        assert "::test_a_second_task_is_refused" in done.stdout
