"""What a run's folder has beside the submissions' own: the page that compares them, and the same as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from grader.cohort.compare import Comparison, Pair, compare, load
from grader.cohort.results import Result, replace_text
from grader.cohort.rubric import Rubric
from grader.reports import csv
from grader.reports.drawing import page
from grader.reports.reading.card import clean

PAGE = "index.html"
TABLE = "cohort.csv"
MARKS = {"passed": "✓", "failed": "✗", "error": "✗", "inconclusive": "?"}
LONGEST_DIFF = 12_000  # characters of one that is shown beside another


def write(run: Path, found: Sequence[Result], rubric: Rubric | None = None) -> Comparison:
    """Write both for the results of a run. Raises InputError for a scorecard that can't be read."""
    made = compare(run, found, rubric)
    replace_text(run / PAGE, render(run, made))
    replace_text(run / TABLE, table(made))
    return made


def render(run: Path, made: Comparison) -> str:
    """The page."""
    return page.render(
        "cohort.html",
        script="sort.js",
        title=clean(run.resolve().name),
        total=len(made.entries),
        groups=[(task, len(list(columns))) for task, columns in groupby(made.columns, lambda c: c.task)],
        columns=made.columns,
        letters=sorted({column.task for column in made.columns}),
        rows=[_row(entry, made) for entry in made.entries],
        pairs=[_pair(run, pair) for pair in made.pairs],
    )


def _row(entry: Any, made: Comparison) -> dict[str, Any]:
    result: Result = entry.result
    letters = sorted({column.task for column in made.columns})
    return {
        "name": clean(result.name),
        "href": f"{result.name}/report.html" if result.has_scorecard else "",
        "verdict": result.verdict or result.status.value,
        "score": entry.score if result.has_scorecard else "–",
        "sort_score": entry.score if result.has_scorecard else -1,
        "grade": entry.grade,
        "note": clean(result.note),
        "tasks": [result.tasks.get(letter, "") for letter in letters],
        "cells": [
            (outcome := entry.outcomes.get(column.id, ""), MARKS.get(outcome, ""), column)
            for column in made.columns
        ],
    }


def _pair(run: Path, pair: Pair) -> dict[str, Any]:
    diffs = [str((load(run / name).get("changes") or {}).get("diff", "")) for name in (pair.one, pair.other)]
    return {"pair": pair, "sides": list(zip((pair.one, pair.other), map(_short, diffs), strict=True))}


def _short(diff: str) -> str:
    text = str(clean(diff))
    return text if len(text) <= LONGEST_DIFF else f"{text[:LONGEST_DIFF]}\n…"


def table(made: Comparison) -> str:
    """A line a submission, a column a check."""
    letters = sorted({column.task for column in made.columns})
    head = ["submission", "status", "verdict", "score", "grade", "honest", "seconds", "note"]
    head += [f"verdict {letter}" for letter in letters] + [column.id for column in made.columns]
    return csv.lines(
        head,
        (
            [
                *(entry.result.name, entry.result.status.value, entry.result.verdict, entry.score),
                *(entry.grade, entry.result.honest, entry.result.seconds, entry.result.note),
                *(entry.result.tasks.get(letter, "") for letter in letters),
                *(entry.outcomes.get(column.id, "") for column in made.columns),
            ]
            for entry in made.entries
        ),
    )
