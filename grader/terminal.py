"""What a run shows in the terminal: the scorecard, and each failed check in three lines."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from grader.checking import Outcome
from grader.scorecard import Expected, Reported, Scorecard

SHORT = "short of distinction"  # the category of such reports
WIDTH = 78
LONGEST = 240  # characters of a statement that are shown


def explain(check: Expected, report: Reported, verbose: int = 0) -> str:
    """A failed check: the requirement, what was seen and expected, and why it matters."""
    lines = _wrap("", check.sentence)
    lines += _wrap("  seen      ", report.observed)
    if report.expected:
        lines += _wrap("  expected  ", report.expected)
    if report.why:
        lines += _wrap("  why       ", report.why)
    if "replay" in report.evidence:
        lines.append(f"  replay    pytest grader --replay {report.evidence['replay']}")
    if verbose > 0 and "schedule" in report.evidence:
        lines += ["", *schedule(report.evidence)]
    return "\n".join(lines)


def _wrap(head: str, text: str) -> list[str]:
    rest = " " * len(head)
    wrapped = textwrap.wrap(
        _plain(text), WIDTH, initial_indent=head, subsequent_indent=rest, break_on_hyphens=False
    )
    return wrapped or [head]


def _plain(text: str) -> str:
    """Without control characters: a submission's text must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def schedule(evidence: dict[str, Any]) -> list[str]:
    """The order of statements in two columns, worker A and worker B; who waits; the rows at the end."""
    half = WIDTH // 2 - 1
    columns = {"A": "", "B": " " * (half + 2)}
    lines = [f"{'worker A':<{half}}  worker B", "-" * WIDTH]
    waiting: set[str] = set()
    for step in evidence["schedule"]:
        for name in sorted(set(step["blocked"]) - waiting):
            other = "B" if name == "A" else "A"
            lines.append(f"{columns[name]}(waits for {other})")
        waiting = set(step["blocked"])
        further = "" if step["connection"] == step["worker"] else f"[{step['connection']}] "
        for cell in textwrap.wrap(further + _plain(shorten(step["statement"])), half):
            lines.append(columns[step["worker"]] + cell)
    lines.append("-" * WIDTH)
    for name, answer in evidence["answers"].items():
        lines += _wrap(f"{name}: ", str(answer))
    for loan in evidence["rows"]["loans"]:
        lines += _wrap("", f"loan {loan['id']}: {loan['status']}, current_task {loan['current_task_id']}")
    for task in evidence["rows"]["tasks"]:
        state = "completed" if task["is_completed"] else "open"
        lines += _wrap("", f"task {task['id']}: {task['task_type']} of loan {task['loan_id']}, {state}")
    return lines


def shorten(statement: str) -> str:
    """A statement with its column lists and its times of day left out."""
    text = statement.replace('"', "").replace("loans_", "")
    text = re.sub(r"^SELECT (.{40,}?) FROM ", "SELECT … FROM ", text)
    text = re.sub(r"^(INSERT INTO \w+) \(.*?\)", r"\1 (…)", text)
    text = re.sub(r" RETURNING .*$", "", text)
    text = re.sub(r"'\d{4}-\d\d-\d\d[^']*'(::timestamptz)?", "(a time)", text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def show_shortcomings(out: Any) -> None:
    """What keeps a pass from being a distinction; pytest itself shows no more than what fails."""
    reports = out.stats.get(SHORT, [])
    if not reports or out.config.option.tbstyle == "no":
        return
    out.section("SHORT OF DISTINCTION", sep="=")
    for report in reports:
        out.section(report.nodeid.rpartition("::")[2], sep="_")
        out.write_line(report.longreprtext)


def show_replays(card: Scorecard, out: Any) -> None:
    """The order that was run once more, whatever came of it."""
    for report in card.reported.values():
        if "schedule" in report.evidence:
            out.section("replay", sep="=")
            for line in schedule(report.evidence):
                out.write_line(line)
            if report.outcome is Outcome.PASSED:
                out.write_line(_plain(report.observed))


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
            f"  {card.names[task]}",
            green=good,
            red=not good,
        )
    for report in card.reported.values():
        for advice in report.advice:
            for line in _wrap("advice: ", advice):
                out.write_line(line)
    for observation in card.observations:
        out.write_line(f"{_plain(observation['text'])} ({observation['seconds']:.2f} s, not scored)")
    for finding in card.findings:
        out.write_line(f"note: {_plain(finding['text'])}")
    if partial:
        out.write_line("Only some checks ran, so there is no verdict.")
    else:
        out.write_line(f"overall: {card.overall}  (isolation: {card.isolation or 'none'})", bold=True)
