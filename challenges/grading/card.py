"""A scorecard as a learner reads it: what changed since the last one, and the first failure in full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from challenges.console import paint, wrap

PASSED = "passed"


@dataclass(frozen=True)
class Graded:
    """One task's part of a scorecard."""

    verdict: str
    score: int
    checks: list[dict[str, Any]]
    findings: list[str]

    @classmethod
    def of(cls, card: dict[str, Any], task: str) -> Graded:
        part = card["tasks"][task]
        findings = [finding["text"] for finding in card["integrity"]["findings"]]
        return cls(part["verdict"], part["score"], part["checks"], findings)

    @property
    def passed(self) -> bool:
        return self.verdict != "fail"

    @property
    def first_failure(self) -> dict[str, Any] | None:
        """What to look at first: a check of level `pass` before one of `distinction`."""
        failed = [check for check in self.checks if check["outcome"] != PASSED]
        return min(failed, key=lambda check: check["level"] != "pass", default=None)


def told(now: Graded, before: Graded | None) -> Iterator[str]:
    """What is shown after a grading, line by line."""
    colour = "green" if now.passed else "red"
    count = sum(check["outcome"] == PASSED for check in now.checks)
    yield paint(f"{now.verdict}  {now.score}/100  {count} of {len(now.checks)} checks", colour)
    yield from _changes(now, before)
    yield from (f"note: {finding}" for finding in now.findings)
    if check := now.first_failure:
        yield ""
        yield from in_full(check)


def _changes(now: Graded, before: Graded | None) -> Iterator[str]:
    if before is None:
        return
    known = {check["id"]: check["outcome"] for check in before.checks}
    changed = [check for check in now.checks if known.get(check["id"]) != check["outcome"]]
    for check in changed:
        good = check["outcome"] == PASSED
        yield paint(f"  {'now passes' if good else 'now fails '}  {check['id']}", "green" if good else "red")
    if not changed:
        yield paint("  as before", "dim")


def in_full(check: dict[str, Any]) -> Iterator[str]:
    """A failed check in its own words."""
    short = "" if check["level"] == "pass" else " (short of distinction)"
    yield paint(f"{check['id']}{short}", "bold")
    for head, text in (
        ("", check.get("requirement", "")),
        ("seen: ", check["observed"]),
        ("expected: ", check["expected"]),
        ("why: ", check["why"]),
    ):
        if text:
            yield wrap(_plain(f"{head}{text}"), "  ")
    if replay := check["evidence"].get("replay"):
        yield f"  again: pytest grader --replay {replay}"


def _plain(text: str) -> str:
    """Without control characters: a submission's text must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
