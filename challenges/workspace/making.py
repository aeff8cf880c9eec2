"""Makes a workspace in one step: it is there as a whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from challenges.errors import InputError
from challenges.git import NEUTRAL, git

BRANCH = "main"
MESSAGE = "The app as it is handed over"


def make(target: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder `target`, a git repository with one commit of these files.

    Raises InputError where something is there already, or the folder above is missing.
    """
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise InputError(f"{target} is there already: give another --dir, or remove it.")
    parent = target.parent
    if not parent.is_dir():
        raise InputError(f"There is no folder {parent}: make it first (mkdir -p {parent}).")
    prefix = f".{target.name}.partial-"
    for left in parent.glob(f"{prefix}*"):  # of a start that was killed
        shutil.rmtree(left, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    try:
        _fill(partial, files)
        partial.chmod(0o755)
        os.rename(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    write(folder, files)
    git("init", "--quiet", "--template=", "--initial-branch", BRANCH, at=folder, environment=NEUTRAL)
    git("add", "--all", "--force", at=folder, environment=NEUTRAL)
    git("commit", "--quiet", "--no-verify", "--message", MESSAGE, at=folder, environment=NEUTRAL)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files below a folder."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        if path == "manage.py":
            place.chmod(0o755)
