"""Runs git; what it complains of is one line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from challenges.errors import InputError

OURS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")  # set inside a hook
# A repository that is made here has no hooks, no signing and no names of this machine's.
NEUTRAL = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Loan interview kit",
    "GIT_AUTHOR_EMAIL": "kit@localhost",
    "GIT_COMMITTER_NAME": "Loan interview kit",
    "GIT_COMMITTER_EMAIL": "kit@localhost",
}


def git(
    *arguments: str, at: Path, stdin: bytes | None = None, environment: Mapping[str, str] | None = None
) -> bytes:
    """What git prints. Raises InputError where there is no git, or it refuses."""
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    try:
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", *arguments],
            cwd=at,
            input=stdin,
            capture_output=True,
            env={**clean, **(environment or {})},
        )
    except FileNotFoundError as error:
        if not at.is_dir():
            raise InputError(f"There is no folder {at}: start the challenge again.") from error
        raise InputError(
            "git is not installed: install it from https://git-scm.com, and try again."
        ) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise InputError(f"git {arguments[0]} failed in {at}: {lines[0]}")
    return done.stdout


def text(*arguments: str, at: Path) -> str:
    """The same as text, without the last line's end."""
    return git(*arguments, at=at).decode(errors="replace").rstrip("\n")


def is_repository(folder: Path) -> bool:
    """Whether the folder is the top of a git repository."""
    try:
        return Path(text("rev-parse", "--show-toplevel", at=folder)).resolve() == folder.resolve()
    except InputError:
        return False
