"""The two editions of a scorecard: the interviewer's has everything, the candidate's says what and why.

A candidate reads the requirement, what was seen and why it matters. How a check finds out, what it tried, and
anything that shows a way to fix it stays with the interviewer: the next candidate has the same checks.
"""

from __future__ import annotations

import re
from dataclasses import replace

from grader.reports.reading.card import Card, Changes, Check, Finding, Task

EDITIONS = ("interviewer", "candidate")
INTERFERENCE = (
    "The submission interfered with its grading, so that its verdicts are fail. Ask your interviewer."
)
LEADS = "; most often: "  # what follows names the relations that are read one by one
MACHINERY = re.compile(r"grader|worker|wire|replay|advisory_lock|trigger", re.IGNORECASE)


def edition(card: Card, reader: str) -> Card:
    """The scorecard for one of EDITIONS."""
    return for_candidate(card) if reader == "candidate" else card


def for_candidate(card: Card) -> Card:
    """The same without evidence, expectations, advice, findings' details, changes and versions."""
    return replace(
        card,
        tasks=tuple(_task(task) for task in card.tasks),
        findings=_findings(card),
        isolation="",
        observations=(),
        versions=(),
        changes=Changes(),
        candidate=True,
    )


def _task(task: Task) -> Task:
    return replace(task, checks=tuple(_check(check) for check in task.checks))


def _check(check: Check) -> Check:
    """`observed` of a passed check says what was not applied or how much was explored: mechanics."""
    seen = "" if check.passed else _seen(check)
    return replace(check, observed=seen, expected="", evidence={}, advice=())


def _seen(check: Check) -> str:
    """What was seen; where it is about the grader's own doing, no more than the outcome."""
    if check.outcome == "inconclusive":
        return "This could not be judged here; it is no fault of yours."
    if MACHINERY.search(check.observed):
        return "The app did not do what is asked."
    return check.observed.partition(LEADS)[0]


def _findings(card: Card) -> tuple[Finding, ...]:
    kept = [Finding(found.text, (), False) for found in card.findings if not found.interference]
    return (*kept, Finding(INTERFERENCE, (), True)) if not card.honest else tuple(kept)
