"""What came of a submission: one small file beside its scorecard, so that a run can be gone on with."""

from __future__ import annotations

import enum
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grader.versions import versions

FILE = "result.json"
SCORECARD = "scorecard.json"


class Status(enum.Enum):
    GRADED = "graded"
    REFUSED = "refused"  # there is nothing in it that could be graded
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    MACHINE = "machine"  # no database, no room: not the submission's fault
    INCONCLUSIVE = "inconclusive"  # some checks were: the machine's fault too

    @property
    def is_final(self) -> bool:
        """Whether grading the same thing again would tell nothing new."""
        return self not in (Status.MACHINE, Status.INCONCLUSIVE)


@dataclass(frozen=True)
class Result:
    """A row of the table. `key` marks what was graded by what; `note` says in a line what went wrong."""

    name: str
    key: str
    status: Status
    note: str = ""
    seconds: float = 0.0
    score: int = 0
    verdict: str = ""
    tasks: dict[str, str] = field(default_factory=dict)
    honest: bool = True

    @property
    def has_scorecard(self) -> bool:
        return self.status in (Status.GRADED, Status.INCONCLUSIVE)


def key(content: str, asked: Sequence[str]) -> str:
    """Of a submission's content, the grader and its versions, and what was asked for."""
    asked_for = json.dumps([content, versions(), list(asked)], sort_keys=True)
    return hashlib.sha256(asked_for.encode()).hexdigest()[:24]


def of_scorecard(name: str, key: str, seconds: float, card: dict[str, Any]) -> Result:
    """The row of a scorecard."""
    outcomes = [check["outcome"] for task in card["tasks"].values() for check in task["checks"]]
    unsure = outcomes.count("inconclusive")
    return Result(
        name,
        key,
        Status.INCONCLUSIVE if unsure else Status.GRADED,
        f"{unsure} checks were inconclusive: grade it again" if unsure else _note(card),
        round(seconds, 1),
        card["overall"]["score"],
        card["overall"]["verdict"],
        {letter: task["verdict"] for letter, task in card["tasks"].items()},
        card["integrity"]["ok"],
    )


def _note(card: dict[str, Any]) -> str:
    return "" if card["integrity"]["ok"] else "interfered with the grading"


def write(folder: Path, result: Result) -> None:
    """Keep a result: whole, or not at all."""
    found = {**asdict(result), "status": result.status.value}
    replace_text(folder / FILE, json.dumps(found, indent=2) + "\n")


def replace_text(path: Path, text: str) -> None:
    """Write a file so that it is never seen half-written."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", errors="replace")
    os.replace(part, path)


def read(folder: Path) -> Result | None:
    """The result kept in a folder, or None where there is none that can be read."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        result = Result(**{**found, "status": Status(found["status"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return result if not result.has_scorecard or (folder / SCORECARD).exists() else None
