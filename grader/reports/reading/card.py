"""A scorecard read from its JSON. Nothing in it is trusted to be of any form beyond the schema's own keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import InputError

SCHEMA = 1
LONGEST = 20_000  # characters of a text that are shown
DEEPEST = 20  # levels of lists and objects in evidence


@dataclass(frozen=True)
class Check:
    """How one check ended. `evidence` has what it has to show, of any form."""

    id: str
    level: str
    points: int
    requirement: str
    outcome: str
    observed: str
    expected: str
    why: str
    evidence: dict[str, Any] = field(default_factory=dict)
    advice: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.outcome == "passed"

    @property
    def name(self) -> str:
        """The id without its task, in words: "two creates one winner"."""
        return self.id.partition(".")[2].replace("-", " ")


@dataclass(frozen=True)
class Task:
    """One of the five tasks."""

    letter: str
    title: str
    verdict: str
    score: int
    checks: tuple[Check, ...]

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(check.passed for check in self.checks)

    @property
    def broken(self) -> list[Check]:
        return [check for check in self.checks if not check.passed]


@dataclass(frozen=True)
class Finding:
    """What was noticed beside the checks."""

    text: str
    details: tuple[str, ...]
    interference: bool


@dataclass(frozen=True)
class Changes:
    """What a submission changed, and how it was solved as far as its text tells."""

    diff: str = ""
    files: tuple[str, ...] = ()
    added: int = 0
    removed: int = 0
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """A scorecard. `candidate` says that it is the edition for the one who was graded."""

    submission: str
    verdict: str
    score: int
    honest: bool
    tasks: tuple[Task, ...]
    findings: tuple[Finding, ...] = ()
    isolation: str = ""
    observations: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    changes: Changes = Changes()
    candidate: bool = False
    grade: str = ""  # what a rubric calls the score

    @property
    def checks(self) -> list[Check]:
        return [check for task in self.tasks for check in task.checks]

    @property
    def advice(self) -> list[str]:
        """What is worth saying and was not asked for, each once."""
        return list(dict.fromkeys(text for check in self.checks for text in check.advice))


def read(path: Path) -> Card:
    """The scorecard in a file. Raises InputError with one line."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON: {error}.") from error
    return from_json(found, str(path))


def from_json(found: Any, source: str = "the scorecard") -> Card:
    """A scorecard from its JSON. Raises InputError with one line."""
    if not isinstance(found, dict) or "schema" not in found:
        raise InputError(f"{source} is no scorecard: `pytest grader --score-json FILE` writes one.")
    if found["schema"] != SCHEMA:
        raise InputError(f"{source} has schema {found['schema']!r}; this kit reads {SCHEMA}.")
    try:
        return _card(clean(found))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{source} is a scorecard with something missing or of the wrong kind: {error!r}.") \
            from error  # fmt: skip


def clean(value: Any, depth: int = 0) -> Any:
    """The same with no character that steers a terminal or is no XML, and no text without end."""
    if isinstance(value, str):
        text = "".join(c if c.isprintable() or c in "\n\t" else "�" for c in value)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"
    if depth > DEEPEST and isinstance(value, dict | list):
        return "…"
    if isinstance(value, dict):
        return {clean(str(key)): clean(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner, depth + 1) for inner in value]
    return value


def _card(found: dict[str, Any]) -> Card:
    return Card(
        submission=str(found["submission"]),
        verdict=str(found["overall"]["verdict"]),
        score=int(found["overall"]["score"]),
        honest=bool(found["integrity"]["ok"]),
        tasks=tuple(_task(letter, task) for letter, task in sorted(found["tasks"].items())),
        findings=tuple(
            Finding(str(one["text"]), _texts(one.get("details")), bool(one["interference"]))
            for one in found["integrity"]["findings"]
        ),
        isolation=str(found["integrity"].get("isolation") or "none"),
        observations=_texts(found.get("observations")),
        versions=tuple((name, str(version)) for name, version in (found.get("versions") or {}).items()),
        changes=_changes(found.get("changes") or {}),
    )


def _task(letter: str, found: dict[str, Any]) -> Task:
    checks = tuple(
        Check(
            **{key: str(one[key]) for key in ("id", "level", "outcome", "observed", "expected", "why")},
            points=int(one["points"]),
            requirement=str(one.get("requirement") or one["id"]),
            evidence=one["evidence"] if isinstance(one["evidence"], dict) else {},
            advice=_texts(one.get("advice")),
        )
        for one in found["checks"]
    )
    return Task(letter, str(found["title"]), str(found["verdict"]), int(found["score"]), checks)


def _changes(found: dict[str, Any]) -> Changes:
    return Changes(
        diff=str(found.get("diff") or ""),
        files=_texts(found.get("files")),
        added=int(found.get("added") or 0),
        removed=int(found.get("removed") or 0),
        tags=_texts(found.get("tags")),
    )


def _texts(found: Iterable[Any] | None) -> tuple[str, ...]:
    return tuple(str(one) for one in found or ())
