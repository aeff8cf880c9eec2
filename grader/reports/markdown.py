"""Markdown that fits the summary of a CI job: a table, then what did not pass."""

from __future__ import annotations

import re

from grader.reports.reading.card import Card, Check
from grader.reports.reading.questions import questions

FILE = "report.md"
LONGEST = 600  # characters of a text; a job's summary has a limit of 1 MiB
MARKS = {"fail": "❌", "pass": "✅", "distinction": "🌟"}
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+|~$!&@:-])")


def render(card: Card) -> str:
    """The whole text."""
    grade = f" · {plain(card.grade)}" if card.grade else ""
    lines = [f"## {plain(card.submission)}: {card.verdict}, {card.score} of 100{grade}", ""]
    lines += ["| task | verdict | score | checks | |", "| --- | --- | ---: | ---: | --- |"]
    lines += [
        f"| {task.letter.upper()} | {MARKS.get(task.verdict, '')} {task.verdict} | {task.score} "
        f"| {task.passed} of {len(task.checks)} | {plain(task.title)} |"
        for task in card.tasks
    ]
    for finding in card.findings:
        lines += ["", f"> **{'Interference' if finding.interference else 'Note'}:** {plain(finding.text)}"]
    for task in card.tasks:
        if task.broken:
            lines += ["", f"### {task.letter.upper()} · {plain(task.title)}"]
            lines += [line for check in task.broken for line in _check(check)]
    lines += _list("Questions for the conversation", questions(card))
    lines += _list("How it was solved (not scored)", list(card.changes.tags))
    lines += _list("Worth saying", [] if card.candidate else card.advice)
    if card.versions:
        lines += ["", " · ".join(f"{plain(name)} {plain(version)}" for name, version in card.versions)]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """A text as it is: on one line, with nothing in it that Markdown or HTML would read, and no mention."""
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return SPECIAL.sub(r"\\\1", " ".join(short.split())).replace("\\@", "@\u200b").replace("\\<", "&lt;")


def _check(check: Check) -> list[str]:
    lines = ["", f"**{check.outcome}** · {plain(check.requirement)}", ""]
    said = (("seen", check.observed), ("expected", check.expected), ("why", check.why))
    lines += [f"- {name}: {plain(text)}" for name, text in said if text]
    if replay := check.evidence.get("replay"):
        lines.append(f"- again: `pytest grader --replay {plain(str(replay))}`")
    return lines


def _list(title: str, texts: list[str]) -> list[str]:
    return ["", f"### {title}", "", *(f"- {plain(text)}" for text in texts)] if texts else []
