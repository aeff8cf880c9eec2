"""Challenges as branches: made and renewed without a touch of the work tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from challenges import branches
from challenges.errors import InputError
from tests.challenges.test_workspace import git

FILES = {"challenge/a-slow-list": {"loans/views.py": b"slow\n", "manage.py": b"#!\n"}}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-qb", "main", str(tmp_path)], check=True)
    (tmp_path / "mine").write_text("not committed\n")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    return tmp_path


def test_branches_are_made_and_nothing_else_changes(repository: Path) -> None:
    before = git(repository, "status", "--porcelain", "--branch")
    assert branches.make(repository, FILES) == {"challenge/a-slow-list": "made"}
    assert git(repository, "show", "challenge/a-slow-list:loans/views.py") == "slow"
    assert git(repository, "rev-list", "--count", "challenge/a-slow-list") == "1"
    assert git(repository, "ls-tree", "challenge/a-slow-list", "manage.py").startswith("100755")
    assert git(repository, "status", "--porcelain", "--branch") == before
    assert "staging" not in git(repository, "for-each-ref")


def test_making_them_again_changes_nothing(repository: Path) -> None:
    branches.make(repository, FILES)
    known = git(repository, "rev-parse", "challenge/a-slow-list")
    assert branches.make(repository, FILES) == {"challenge/a-slow-list": "unchanged"}
    assert git(repository, "rev-parse", "challenge/a-slow-list") == known


def test_a_new_version_takes_the_place_of_an_old_one(repository: Path) -> None:
    branches.make(repository, FILES)
    assert branches.make(repository, {"challenge/a-slow-list": {"new": b"1"}}) == {
        "challenge/a-slow-list": "renewed"
    }


def test_work_of_ones_own_is_not_overwritten(repository: Path) -> None:
    branches.make(repository, FILES)
    git(repository, "branch", "-f", "challenge/a-slow-list", "main")
    with pytest.raises(InputError, match="holds work of its own: rename it first"):
        branches.make(repository, FILES)
    assert git(repository, "log", "-1", "--format=%s", "challenge/a-slow-list") == "first"
    assert "staging" not in git(repository, "for-each-ref")


def test_a_branch_that_is_checked_out_is_not_moved(repository: Path) -> None:
    branches.make(repository, FILES)
    git(repository, "switch", "-q", "challenge/a-slow-list")
    with pytest.raises(InputError, match="is checked out: switch to another branch first"):
        branches.make(repository, {"challenge/a-slow-list": {"new": b"1"}})
