"""One page for one submission: opens from disk, prints, and fits a phone."""

from __future__ import annotations

from typing import Any

from grader.reports.drawing import page
from grader.reports.drawing.changes import files
from grader.reports.drawing.lanes import lanes
from grader.reports.drawing.plot import plot
from grader.reports.reading.card import Card, Check, Task
from grader.reports.reading.evidence import Shown, shown
from grader.reports.reading.questions import questions

FILE = "report.html"


def render(card: Card) -> str:
    """The page."""
    return page.render(
        "report.html",
        card=card,
        candidate=card.candidate,
        tasks=[_task(task, candidate=card.candidate) for task in card.tasks],
        questions=questions(card),
        diff=files(card.changes.diff),
    )


def _task(task: Task, *, candidate: bool) -> dict[str, Any]:
    items = [_check(check, candidate) for check in task.checks]
    heavy = [item for item in items if item["shown"]["race"] or item["shown"]["rows"]]
    for item in [item for item in heavy[1:] if not item["shown"]["calls"]]:
        item["fold"] = True  # one schedule a task is read; the others are like it
    return {
        "letter": task.letter,
        "title": task.title,
        "verdict": task.verdict,
        "score": task.score,
        "passed": task.passed,
        "all": len(task.checks),
        "broken": [item for item in items if not item["check"].passed],
        "good": [item for item in items if item["check"].passed],
    }


def _check(check: Check, candidate: bool) -> dict[str, Any]:
    found = Shown() if candidate else shown(check)
    return {
        "check": check,
        "shown": {**vars(found), "race": lanes(found.race) if found.race else None},
        "plot": plot(check, found.queries),
    }
