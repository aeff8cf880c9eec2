"""Gradescope's `results.json`: https://gradescope-autograders.readthedocs.io/en/latest/specs/

Students read it, so it is always the candidate's edition.
"""

from __future__ import annotations

import json
from typing import Any

from grader.reports.reading.card import Card, Check, Task
from grader.reports.reading.edition import for_candidate

FILE = "results.json"


def render(card: Card) -> str:
    """The JSON. The score is the card's, of 100: the tests' points are shown, and don't add up to it."""
    card = card if card.candidate else for_candidate(card)
    verdicts = ", ".join(f"{task.letter.upper()} {task.verdict}" for task in card.tasks)
    notes = [f"Overall: {card.verdict} ({verdicts})", *(finding.text for finding in card.findings)]
    found = {
        "score": card.score if card.honest else 0,
        "output": "\n".join(notes),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(task, check) for task in card.tasks for check in task.checks],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _test(task: Task, check: Check) -> dict[str, Any]:
    said = [text for text in (check.observed, check.why) if text and not check.passed]
    return {
        "name": check.requirement,
        "number": f"{task.letter.upper()}{task.checks.index(check) + 1}",
        "name_format": "text",
        "score": check.points if check.passed else 0,
        "max_score": check.points,
        "status": "passed" if check.passed else "failed",
        "output": "\n".join(said),
        "output_format": "text",
        "tags": [task.letter, check.level],
        "visibility": "visible",
    }
