"""The table at the end of a run, best first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cohort.progress import STYLES
from grader.cohort.results import Result

MARKS = {"fail": "fail", "pass": "pass", "distinction": "dist."}


def ranked(found: Sequence[Result]) -> list[Result]:
    """The best first; what has no scorecard last."""
    return sorted(found, key=lambda result: (not result.has_scorecard, -result.score, result.name))


def show(console: Console, found: Sequence[Result]) -> None:
    """Print the table."""
    letters = sorted({letter for result in found for letter in result.tasks})
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("submission")
    table.add_column("verdict")
    table.add_column("score", justify="right")
    for letter in letters:
        table.add_column(letter.upper())
    table.add_column("note")
    for result in ranked(found):
        cells = [
            Text(MARKS.get(v := result.tasks.get(letter, ""), v), STYLES.get(v, "")) for letter in letters
        ]
        verdict = result.verdict or result.status.value
        score = str(result.score) if result.has_scorecard else "–"
        table.add_row(
            Text(result.name), Text(verdict, STYLES.get(verdict, "yellow")), score, *cells, Text(result.note)
        )
    console.print(table)
