"""Which submissions are to be graded, and what each is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import InputError

ENDINGS = (".tar.gz", ".tgz", ".tar", ".zip", ".bundle")


@dataclass(frozen=True)
class Submission:
    """What was handed in, by a name that no other has and that can be a folder's."""

    name: str
    path: Path


def submissions(paths: Sequence[Path]) -> list[Submission]:
    """One for each path, in the order given; the same place twice is one. Raises InputError."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise InputError(f"There is no {missing[0]}: give folders, .zip, .tar.gz or git bundles.")
    found: dict[Path, Submission] = {}
    taken: set[str] = set()
    for path in paths:
        place = path.resolve()
        if place not in found:
            found[place] = Submission(_free(_name(place), place, taken), place)
    return list(found.values())


def _name(path: Path) -> str:
    name = path.name
    for ending in ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            name = name[: -len(ending)]
            break
    return re.sub(r"[^\w.-]+", "_", name).strip(".-_")[:80] or "submission"


def _free(name: str, path: Path, taken: set[str]) -> str:
    """The name; with the parent's before it, or a number after it, where another has it already.

    Names that differ in case only are one folder on some systems.
    """
    parent = re.sub(r"[^\w.-]+", "_", path.parent.name).strip(".-_")[:40]
    candidates = [name, f"{parent}-{name}"] if parent else [name]
    candidates += [f"{name}-{number}" for number in range(2, len(taken) + 3)]
    chosen = next(candidate for candidate in candidates if candidate.lower() not in taken)
    taken.add(chosen.lower())
    return chosen
