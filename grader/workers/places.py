"""A worker's places: what it is given, and how it is started there."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

AGENT = Path(__file__).with_name("agent")
FIRST_UID = 1_900_000_000  # far from all that are given to people and services


@dataclass(frozen=True)
class Cell:
    """A worker's places, as the trusted process and as the worker see them."""

    name: str  # the isolation, for the scorecard
    command: list[str]
    environment: dict[str, str]
    tree: Path
    sockets: Path
    switch: Mapping[str, Any]  # arguments for subprocess: who it runs as
    uid: int | None = None  # whom nothing else runs as
    alone: bool = False  # whether nothing else runs as its user, so that the kernel counts it alone
    depth: int = 0  # processes between the one that is started and the interpreter
    given: Path | None = None  # from where the worker is to fill its tree
    packages: Path | None = None
    folders: list[str] = field(default_factory=list)  # on a disk, that it can write to
    opened: tuple[int, ...] = ()  # descriptors to pass on and then to close
    rooms: list[str] = field(default_factory=list)  # in memory, as the worker sees them


@dataclass(frozen=True)
class Place:
    """What a worker is given: the submission as taken in, a copy to work on, a socket and a home."""

    taken: Path
    tree: Path
    sockets: Path
    home: Path
    packages: Path | None = None  # what the submission requires beside the kit's own


def start_from(folder: Path) -> str:
    """The program that a worker's interpreter runs: the agent in `folder`, which no import finds after it."""
    return (
        f"import sys; sys.path.insert(0, {str(folder)!r}); from agent.main import main; "
        f"sys.path.remove({str(folder)!r}); main()"
    )


def run_as(uid: int | None) -> dict[str, Any]:
    """Arguments for subprocess: who it runs as."""
    return {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}


def runs(command: list[str], uid: int | None = None) -> bool:
    """Whether a command can be run, by a user."""
    try:
        tried = subprocess.run(command, capture_output=True, timeout=10, **run_as(uid))
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0
