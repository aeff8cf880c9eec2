"""What this checkout remembers of a person's work: one small file, which can be deleted at any time."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from challenges.catalogue import CHECKOUT
from challenges.errors import InputError

VARIABLE = "CHALLENGES_PROGRESS"  # another file, where the checkout itself can't be written
VERDICTS = ("fail", "pass", "distinction")


@dataclass
class Attempt:
    """Work on one challenge, or on `all`. Times are ISO 8601 in UTC; "" is never."""

    place: str = ""  # the workspace; "" is the checkout itself
    bugs: dict[str, str] = field(default_factory=dict)
    seed: int | None = None
    started: str = ""
    submitted: str = ""
    hints: int = 0
    verdict: str = ""  # the best so far
    score: int = 0

    @property
    def folder(self) -> Path:
        return Path(self.place) if self.place else CHECKOUT

    @property
    def passed(self) -> bool:
        return self.verdict in ("pass", "distinction")

    @property
    def minutes(self) -> int | None:
        """From the start to the submission, or to now."""
        if not self.started:
            return None
        end = datetime.fromisoformat(self.submitted) if self.submitted else datetime.now(UTC)
        return int((end - datetime.fromisoformat(self.started)).total_seconds() // 60)

    def note(self, verdict: str, score: int) -> None:
        """Keep the better of what there was and this."""
        known = VERDICTS.index(self.verdict) if self.verdict in VERDICTS else -1
        if (VERDICTS.index(verdict), score) > (known, self.score):
            self.verdict, self.score = verdict, score


def path() -> Path:
    """Where the record is."""
    return Path(os.environ.get(VARIABLE) or CHECKOUT / ".challenges.json")


def load() -> dict[str, Attempt]:
    """The attempts by challenge; none where there is no record. Raises InputError where it is damaged."""
    try:
        stated = json.loads(path().read_text(encoding="utf-8"))
        return {name: _attempt(kept) for name, kept in stated["attempts"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path()} is damaged: delete it, only times and hints are lost.") from error


def _attempt(kept: Mapping[str, Any]) -> Attempt:
    names = {one.name for one in dataclasses.fields(Attempt)}
    return Attempt(**{name: value for name, value in kept.items() if name in names})


def save(attempts: Mapping[str, Attempt]) -> None:
    """Write it whole, or leave it as it was."""
    file = path()
    kept = {name: dataclasses.asdict(attempt) for name, attempt in attempts.items()}
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({"schema": 1, "attempts": kept}, out, indent=2)
        os.replace(temporary, file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
