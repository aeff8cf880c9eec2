"""Submissions side by side: a matrix of checks, how many pass each, and which solutions are alike.

Holds of each scorecard no more than its row, so that memory does not grow with the evidence.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.cohort.results import SCORECARD, Result
from grader.cohort.rubric import Rubric, apply
from grader.errors import InputError
from grader.reports.reading.card import Card, from_json

ALIKE = 0.6  # the share of common pieces from which two solutions are shown side by side
FEWEST_PIECES = 25  # in either: short fixes are alike because there is little to say
MOST_PAIRS = 20


@dataclass(frozen=True)
class Entry:
    """A row of the matrix."""

    result: Result
    score: int
    grade: str
    outcomes: dict[str, str] = field(default_factory=dict)
    pieces: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Column:
    """A check, and how many passed it."""

    id: str
    requirement: str
    level: str
    passed: int
    graded: int

    @property
    def task(self) -> str:
        return self.id.partition(".")[0]

    @property
    def rate(self) -> int:
        """Percent that passed it."""
        return round(100 * self.passed / self.graded) if self.graded else 0


@dataclass(frozen=True)
class Pair:
    """Two solutions that are alike; `share` in percent."""

    one: str
    other: str
    share: int


@dataclass(frozen=True)
class Comparison:
    entries: tuple[Entry, ...]
    columns: tuple[Column, ...]
    pairs: tuple[Pair, ...]


def load(folder: Path) -> dict[str, Any]:
    """The scorecard's JSON in a submission's folder. Raises InputError."""
    file = folder / SCORECARD
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{file} can't be read: {error}.") from error
    if not isinstance(found, dict):
        raise InputError(f"{file} is no scorecard.")
    return found


def compare(run: Path, found: Sequence[Result], rubric: Rubric | None = None) -> Comparison:
    """All of a run, the best first."""
    checks: dict[str, tuple[str, str]] = {}
    entries = [_entry(run, result, rubric, checks) for result in found]
    entries.sort(key=lambda one: (not one.result.has_scorecard, -one.score, one.result.name))
    order = sorted(checks, key=lambda name: (name[0], list(checks).index(name)))
    columns = tuple(_column(name, *checks[name], entries) for name in order)
    return Comparison(tuple(entries), columns, pairs(entries))


def _entry(run: Path, result: Result, rubric: Rubric | None, checks: dict[str, tuple[str, str]]) -> Entry:
    if not result.has_scorecard:
        return Entry(result, 0, "")
    raw = load(run / result.name)
    card: Card = from_json(raw, str(run / result.name))
    card = apply(rubric, card) if rubric else card
    for check in card.checks:
        checks.setdefault(check.id, (check.requirement, check.level))
    marks = (raw.get("changes") or {}).get("pieces") or []
    return Entry(
        result,
        card.score,
        card.grade,
        {check.id: check.outcome for check in card.checks},
        frozenset(str(mark) for mark in marks),
    )


def _column(name: str, requirement: str, level: str, entries: Sequence[Entry]) -> Column:
    outcomes = [one.outcomes[name] for one in entries if name in one.outcomes]
    return Column(name, requirement, level, outcomes.count("passed"), len(outcomes))


def pairs(entries: Sequence[Entry]) -> tuple[Pair, ...]:
    """The pairs of solutions that are alike, the most alike first."""
    found = []
    rich = [one for one in entries if len(one.pieces) >= FEWEST_PIECES]
    for one, other in itertools.combinations(rich, 2):
        common = len(one.pieces & other.pieces)
        share = common / (len(one.pieces) + len(other.pieces) - common)
        if share >= ALIKE:
            first, second = sorted((one.result.name, other.result.name))
            found.append(Pair(first, second, round(100 * share)))
    return tuple(sorted(found, key=lambda pair: (-pair.share, pair.one))[:MOST_PAIRS])
