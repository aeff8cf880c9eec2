"""A rubric: other points for checks, weights for tasks, names for scores. Verdicts stay as they are.

[points]
"b.two-creates-one-winner" = 40
"a.the-answer-is-bounded" = 0

[tasks]
b = 2.0     # counts twice in the overall score

[grades]
"strong hire" = 85     # from this score on
"hire" = 70
"no hire" = 0
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.errors import InputError
from grader.reports.reading.card import Card, Task


@dataclass(frozen=True)
class Rubric:
    """What is weighed otherwise; an empty one changes nothing."""

    points: Mapping[str, int] = field(default_factory=dict)
    tasks: Mapping[str, float] = field(default_factory=dict)
    grades: Mapping[str, int] = field(default_factory=dict)


def read(path: Path) -> Rubric:
    """The rubric in a file. Raises InputError with one line."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no TOML: {error}.") from error
    unknown = sorted(set(found) - {"points", "tasks", "grades"})
    if unknown:
        raise InputError(f"{path} has [{unknown[0]}]; a rubric has [points], [tasks] and [grades].")
    return Rubric(*(_numbers(path, name, found.get(name, {})) for name in ("points", "tasks", "grades")))


def _numbers(path: Path, name: str, table: Any) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise InputError(f"{path}: {name} is {table!r}; a table is wanted: [{name}].")
    for key, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise InputError(f"{path}: {key} in [{name}] is {value!r}; a number of 0 or more is wanted.")
    return dict(table)


def unknown_names(rubric: Rubric, cards: list[Card]) -> list[str]:
    """What a rubric names that none of the scorecards has: a slip of the pen."""
    known = {check.id for card in cards for check in card.checks}
    letters = {task.letter for card in cards for task in card.tasks}
    return sorted((set(rubric.points) - known) | (set(rubric.tasks) - letters))


def apply(rubric: Rubric, card: Card) -> Card:
    """The scorecard with its scores as the rubric has them, and the name of its grade."""
    tasks = tuple(_task(rubric, task) for task in card.tasks)
    weights = [float(rubric.tasks.get(task.letter, 1)) for task in tasks]
    total = sum(weights)
    earned = sum(weight * task.score for weight, task in zip(weights, tasks, strict=True))
    score = round(earned / total) if total else 0
    grades = sorted(rubric.grades.items(), key=lambda grade: -grade[1])
    grade = next((name for name, least in grades if score >= least), "")
    return replace(card, tasks=tasks, score=score, grade=grade)


def _task(rubric: Rubric, task: Task) -> Task:
    checks = tuple(replace(c, points=int(rubric.points.get(c.id, c.points))) for c in task.checks)
    total = sum(check.points for check in checks)
    earned = sum(check.points for check in checks if check.passed)
    return replace(task, checks=checks, score=round(100 * earned / total) if total else 0)
