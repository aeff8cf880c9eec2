"""CSV for a spreadsheet: a line a check. Imports are absolute, so that no csv of the library is hidden."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from grader.reports.reading.card import Card

FILE = "checks.csv"
HEAD = ("submission", "task", "check", "level", "points", "outcome", "requirement", "seen", "expected", "why")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def render(card: Card) -> str:
    """The lines."""
    return lines(
        HEAD,
        (
            (
                *(card.submission, task.letter, check.id, check.level, check.points, check.outcome),
                *(check.requirement, check.observed, check.expected, check.why),
            )
            for task in card.tasks
            for check in task.checks
        ),
    )


def lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV from rows; a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
