"""A home of its own for each test: its own record of progress, and apps to fill workspaces with."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from challenges import apps, cli, record
from challenges.catalogue import CHECKOUT

Run = Callable[..., tuple[int, str, str]]


def tree_files(tree: Path) -> dict[str, bytes]:
    """The Python files of a tree's two packages."""
    found = [path for package in ("loans", "interview") for path in sorted((tree / package).rglob("*.py"))]
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in found}


def fallback(bugs: Mapping[str, str]) -> dict[str, bytes]:
    """Stands for `challenges.injection` where that is not there: the buggy app, or the healthy one."""
    return tree_files(CHECKOUT if bugs else CHECKOUT / "solutions" / "reference")


@pytest.fixture(autouse=True)
def own_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record that no other test, and no person, writes."""
    file = tmp_path / "progress.json"
    monkeypatch.setenv(record.VARIABLE, str(file))
    if importlib.util.find_spec("challenges.injection") is None:
        monkeypatch.setattr(apps, "files", fallback)
    return file


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command as `python -m challenges` does: its exit code, and what it printed to both."""

    def run(*words: str | Path) -> tuple[int, str, str]:
        code = cli.main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
