"""What has become of a workspace: where it began, what changed since, and how it is put back."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from challenges.errors import InputError
from challenges.git import NEUTRAL, git, is_repository, text
from challenges.workspace.making import write

PACKAGES = ("loans", "interview")


def require(folder: Path, again: str) -> None:
    """Raises InputError, with the command to type, where the folder is no repository of its own."""
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}: {again}")
    if not is_repository(folder):
        raise InputError(f"{folder} is no git repository of its own: {again}")


def first_commit(folder: Path) -> str:
    """The commit that a workspace began with."""
    return text("rev-list", "--max-parents=0", "HEAD", at=folder).splitlines()[-1]


def dirty(folder: Path) -> list[str]:
    """The paths in the two packages that are not committed."""
    lines = text("status", "--porcelain", "--untracked-files=all", "--", *PACKAGES, at=folder).splitlines()
    return [line[3:] for line in lines]


def diff(folder: Path) -> str:
    """What changed in the two packages since the workspace began, committed or not."""
    git("add", "--intent-to-add", "--", *PACKAGES, at=folder)
    return text("diff", "--no-color", "--no-ext-diff", first_commit(folder), "--", *PACKAGES, at=folder)


def put_back(folder: Path) -> str:
    """Bring a workspace back to its first commit; says how to get the work again, "" where there was none."""
    start, kept = first_commit(folder), ""
    if text("status", "--porcelain", at=folder):
        git("stash", "push", "--quiet", "--include-untracked", at=folder, environment=NEUTRAL)
        kept = "git stash pop"
    if text("rev-parse", "HEAD", at=folder) != start:
        branch = f"before-reset-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        git("branch", branch, at=folder)
        git("reset", "--quiet", "--hard", start, at=folder)
        kept = f"git reset --hard {branch}" + (f" && {kept}" if kept else "")
    return kept


def put_back_checkout(folder: Path, files: Mapping[str, bytes]) -> str:
    """Write the app's files into the kit's own checkout; what differed is kept in git's stash."""
    kept = ""
    if is_repository(folder) and dirty(folder):
        git(
            "stash", "push", "--quiet", "--include-untracked", "--", *PACKAGES, at=folder, environment=NEUTRAL
        )
        kept = "git stash pop"
    for package in PACKAGES:
        for path in sorted((folder / package).rglob("*.py")):
            if path.relative_to(folder).as_posix() not in files:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
    write(folder, files)
    return kept
