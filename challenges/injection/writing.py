"""Writes injected projects: into new folders, or as git branches. A work tree is never written to."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from challenges.errors import InputError

IGNORED = shutil.ignore_patterns(".git", "__pycache__", "*.pyc", ".venv", "venv", "node_modules", ".cache")


def to_folder(root: Path, changed: Mapping[str, str], out: Path) -> None:
    """A copy of the project with some files changed. Raises InputError where the folder exists."""
    if out.exists():
        raise InputError(f"{out} exists already: give a folder that does not.")
    if out.resolve().is_relative_to(root.resolve()):
        raise InputError(f"{out} is inside of the project: give a folder beside it.")
    shutil.copytree(root, out, ignore=IGNORED, symlinks=True)
    put(out, changed)


def put(folder: Path, changed: Mapping[str, str]) -> None:
    for path, code in changed.items():
        (folder / path).write_bytes(code.encode())


def to_branch(root: Path, changed: Mapping[str, str], branch: str, message: str) -> None:
    """One commit on a new branch from HEAD, by an index of its own: neither work tree nor index are touched.

    Raises InputError where the project is no git repository, has changes, or the branch exists.
    """
    top = Path(_git(root, "rev-parse", "--show-toplevel"))
    if _git(root, "status", "--porcelain", "--untracked-files=no"):
        raise InputError(f"{root} has uncommitted changes: commit or stash them, or use --out.")
    if _git(root, "branch", "--list", branch):
        raise InputError(f"The branch {branch} exists already: give another name.")
    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": f"{scratch}/index"}
        _git(root, "read-tree", "HEAD", **index)
        for path, code in changed.items():
            blob = _git(root, "hash-object", "-w", "--stdin", sent=code)
            place = (root.resolve() / path).relative_to(top.resolve()).as_posix()
            mode = _git(top, "ls-files", "-s", "--", place, **index).split()[0]
            _git(top, "update-index", "--cacheinfo", f"{mode},{blob},{place}", **index)
        tree = _git(root, "write-tree", **index)
    commit = _git(root, "commit-tree", tree, "-p", "HEAD", "-m", message)
    _git(root, "branch", branch, commit)


def _git(folder: Path, *words: str, sent: str | None = None, **environment: str) -> str:
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        input=sent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise InputError(f"git {words[0]} in {folder} failed: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout.strip()
