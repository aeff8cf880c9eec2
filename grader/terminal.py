"""What a run shows in the terminal: the scorecard, and each failed check in three lines."""

from __future__ import annotations

import textwrap
from typing import Any

from grader.checking import Outcome
from grader.scorecard import Expected, Reported, Scorecard

WIDTH = 78


def explain(check: Expected, report: Reported, verbose: int = 0) -> str:
    """A failed check: the requirement, what was seen and expected, and why it matters."""
    lines = _wrap("", check.sentence)
    lines += _wrap("  seen      ", report.observed)
    if report.expected:
        lines += _wrap("  expected  ", report.expected)
    if report.why:
        lines += _wrap("  why       ", report.why)
    if verbose > 0 and "schedule" in report.evidence:
        lines += ["", *schedule(report.evidence)]
    return "\n".join(lines)


def _wrap(head: str, text: str) -> list[str]:
    return textwrap.wrap(_plain(text), WIDTH, initial_indent=head, subsequent_indent=" " * len(head)) or [
        head
    ]


def _plain(text: str) -> str:
    """Without control characters: a submission's text must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def schedule(evidence: dict[str, Any]) -> list[str]:
    """The failing order of statements in two columns, worker A and worker B."""
    half = WIDTH // 2 - 1
    lines = [f"{'worker A':<{half}}  worker B", "-" * WIDTH]
    for step in evidence["schedule"]:
        waits = f" [{', '.join(step['blocked'])} waits]" if step["blocked"] else ""
        cells = textwrap.wrap(_plain(shorten(step["statement"]) + waits), half)
        for cell in cells:
            lines.append(cell if step["worker"] == "A" else " " * (half + 2) + cell)
    for name, answer in evidence["answers"].items():
        lines += _wrap(f"{name}: ", str(answer))
    for table, rows in evidence["rows"].items():
        for row in rows:
            shown = {k: v for k, v in row.items() if k not in ("created_at", "started_at", "amount")}
            lines += _wrap(f"{table}: ", ", ".join(f"{k}={v}" for k, v in shown.items()))
    return lines


def shorten(statement: str) -> str:
    """A statement with its column lists left out."""
    text = statement.replace('"', "").replace("loans_", "")
    start, end = text.find("SELECT "), text.find(" FROM ")
    if start == 0 and end > 40:
        text = "SELECT …" + text[end:]
    return text if len(text) <= 150 else text[:149] + "…"


def summarise(card: Scorecard, out: Any, *, partial: bool) -> None:
    """The scorecard as a table, and the way to more."""
    out.section("scorecard", sep="=")
    for task in card.tasks:
        checks = card.checks(task)
        passed = sum(report.outcome is Outcome.PASSED for _, report in checks)
        verdict = "partial" if partial else card.verdict(task)
        good = verdict != "fail"
        out.write_line(
            f"{task.upper()}  {verdict:<12} {card.score(task):>3}/100  {passed:>2} of {len(checks):>2}"
            f"  {card.titles[task]}",
            green=good,
            red=not good,
        )
    for finding in card.findings:
        out.write_line(f"note: {_plain(finding['text'])}")
    if partial:
        out.write_line("Only some checks ran, so there is no verdict.")
    else:
        out.write_line(f"overall: {card.overall}  (isolation: {card.isolation or 'none'})", bold=True)
