"""Where the work on a challenge is: the workspace that was started, or one that is named."""

from __future__ import annotations

from pathlib import Path

from challenges import record
from challenges.catalogue import ALL, CHECKOUT, find
from challenges.errors import InputError
from challenges.workspace import state


def name_of(word: str) -> str:
    """The id that a word stands for; `all` is one."""
    return ALL if word.lower() == ALL else find(word).id


def attempt_at(name: str, asked: Path | None, attempts: dict[str, record.Attempt]) -> record.Attempt:
    """The attempt on a challenge, at the folder that is asked for or at its own; kept in `attempts`."""
    attempt = attempts.setdefault(name, record.Attempt())
    if asked is not None and asked.absolute() != Path(attempt.place or CHECKOUT):
        attempt = attempts[name] = record.Attempt(str(asked.absolute()))
    return attempt


def workspace(name: str, asked: Path | None, attempts: dict[str, record.Attempt]) -> record.Attempt:
    """The same, where it must be a workspace. Raises InputError with the command to type."""
    short = name if name == ALL else name[0]
    attempt = attempt_at(name, asked, attempts)
    if attempt.folder.resolve() == CHECKOUT:
        raise InputError(
            f"{short} was not started: python -m challenges start {short}, or name a workspace with --dir."
        )
    state.require(attempt.folder, f"start again with python -m challenges start {short}, or give --dir.")
    return attempt
