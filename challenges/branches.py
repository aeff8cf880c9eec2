"""Makes branches of one commit each out of files, by git's plumbing: no file of the work tree is touched."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from challenges.errors import InputError
from challenges.git import git, text

WHEN = "1767225600 +0000"  # the same each time, so that the same content is the same commit
AUTHOR = f"Loan interview kit <kit@localhost> {WHEN}"
STAGING = "refs/challenges-staging"


def make(folder: Path, branches: Mapping[str, Mapping[str, bytes]]) -> dict[str, str]:
    """Make or renew the branches, by name; says what was done to each.

    All or none: raises InputError before anything is changed where one is checked out or holds other work.
    """
    staged = {name: f"{STAGING}/{name}" for name in branches}
    stream = b"".join(_commit(staged[name], name, files) for name, files in branches.items())
    git("fast-import", "--quiet", "--force", "--date-format=raw", at=folder, stdin=stream)
    try:
        commits = {name: text("rev-parse", ref, at=folder) for name, ref in staged.items()}
        done = {name: _what_to_do(folder, name, commit) for name, commit in commits.items()}
        updates = "".join(f"update refs/heads/{name} {commit}\n" for name, commit in commits.items())
        git("update-ref", "--stdin", at=folder, stdin=updates.encode())
    finally:
        deletes = "".join(f"delete {ref}\n" for ref in staged.values())
        git("update-ref", "--stdin", at=folder, stdin=deletes.encode())
    return done


def _commit(ref: str, name: str, files: Mapping[str, bytes]) -> bytes:
    """A commit without parents, as `git fast-import` reads it."""
    message = f"{name}\n".encode()
    parts = [f"reset {ref}\n\ncommit {ref}\nauthor {AUTHOR}\ncommitter {AUTHOR}\n".encode(), _data(message)]
    for path, content in sorted(files.items()):
        mode = "100755" if path == "manage.py" else "100644"
        parts += [f"M {mode} inline {path}\n".encode(), _data(content)]
    return b"".join(parts) + b"\n"


def _data(content: bytes) -> bytes:
    return f"data {len(content)}\n".encode() + content + b"\n"


def _what_to_do(folder: Path, name: str, commit: str) -> str:
    """`made`, `renewed` or `unchanged`. Raises InputError where the branch is not ours to move."""
    known = text("for-each-ref", "--format=%(objectname)", f"refs/heads/{name}", at=folder)
    if known == commit:
        return "unchanged"
    if not known:
        return "made"
    if f"branch refs/heads/{name}" in text("worktree", "list", "--porcelain", at=folder).splitlines():
        raise InputError(f"{name} is checked out: switch to another branch first (git switch main).")
    if text("log", "-1", "--format=%P|%ce", known, at=folder) != "|kit@localhost":
        raise InputError(f"{name} holds work of its own: rename it first (git branch -m {name} my-work).")
    return "renewed"
