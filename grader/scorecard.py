"""The scorecard: what the checks reported, and the verdicts that follow from it (contract, 3)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.checking import Mark, Outcome
from grader.versions import versions

SCHEMA = 1
VERDICTS = ("fail", "pass", "distinction")
NOT_RUN = "not run"


@dataclass(frozen=True)
class Expected:
    """A check that must report. `id` is "b.two-creates-one-winner"."""

    id: str
    task: str
    mark: Mark
    sentence: str


@dataclass(frozen=True)
class Reported:
    """How a check ended."""

    outcome: Outcome
    observed: str = ""
    expected: str = ""
    why: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)
    advice: tuple[str, ...] = ()  # worth saying, and not scored


@dataclass
class Scorecard:
    """Collects reports; a check that did not report is not passed."""

    submission: str
    titles: dict[str, str] = field(default_factory=dict)  # of the tasks: a sentence
    names: dict[str, str] = field(default_factory=dict)  # and a few words
    expected: dict[str, Expected] = field(default_factory=dict)
    reported: dict[str, Reported] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    observations: list[dict[str, Any]] = field(default_factory=list)  # shown, not scored: text, seconds
    isolation: str = ""

    @property
    def tasks(self) -> list[str]:
        return sorted({check.task for check in self.expected.values()})

    @property
    def interfered(self) -> bool:
        return any(finding.get("interference") for finding in self.findings)

    def checks(self, task: str) -> list[tuple[Expected, Reported]]:
        """A task's checks, in the order of the suite, with what each reported."""
        missing = Reported(Outcome.INCONCLUSIVE, NOT_RUN, "every check reports")
        return [
            (check, self.reported.get(check.id, missing))
            for check in self.expected.values()
            if check.task == task
        ]

    def passed(self, task: str, level: str | None = None) -> bool:
        return all(
            report.outcome is Outcome.PASSED
            for check, report in self.checks(task)
            if level is None or check.mark.level == level
        )

    def verdict(self, task: str) -> str:
        if self.interfered or not self.passed(task, "pass"):
            return "fail"
        return "distinction" if self.passed(task) else "pass"

    def score(self, task: str) -> int:
        """Points of the passed checks, of 100."""
        checks = self.checks(task)
        earned = sum(c.mark.points for c, r in checks if r.outcome is Outcome.PASSED)
        return round(100 * earned / sum(c.mark.points for c, _ in checks))

    @property
    def overall(self) -> str:
        """The lowest of the verdicts of the tasks graded."""
        return min((self.verdict(task) for task in self.tasks), key=VERDICTS.index, default="fail")

    def as_json(self) -> dict[str, Any]:
        """The scorecard as the contract gives it."""
        scores = [self.score(task) for task in self.tasks]
        return {
            "schema": SCHEMA,
            "submission": self.submission,
            "overall": {
                "score": round(sum(scores) / len(scores)) if scores else 0,
                "verdict": self.overall,
            },
            "integrity": {
                "ok": not self.interfered,
                "findings": self.findings,
                "isolation": self.isolation,
            },
            "versions": versions(),
            "observations": [said["text"] for said in self.observations],
            "tasks": {task: self._task_json(task) for task in self.tasks},
        }

    def _task_json(self, task: str) -> dict[str, Any]:
        return {
            "title": self.titles.get(task, task),
            "verdict": self.verdict(task),
            "score": self.score(task),
            "checks": [
                {
                    "id": check.id,
                    "level": check.mark.level,
                    "points": check.mark.points,
                    "requirement": check.sentence,
                    "outcome": report.outcome.value,
                    "observed": report.observed,
                    "expected": report.expected,
                    "why": report.why,
                    "evidence": report.evidence,
                    "advice": list(report.advice),
                }
                for check, report in self.checks(task)
            ],
        }

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(self.as_json(), indent=2, default=str) + "\n", encoding="utf-8")


def task_name(module: str) -> str:
    """A task in a few words: test_b_double_tasks → "double tasks"."""
    return module.rpartition(".")[2].split("_", 2)[2].replace("_", " ")


def check_id(module: str, function: str) -> tuple[str, str]:
    """A check's task and id: test_b_double_tasks, test_one_winner → "b", "b.one-winner"."""
    found = re.fullmatch(r"test_([a-z])_\w+", module.rpartition(".")[2])
    if found is None:
        raise ValueError(f"{module} is no module of checks: its name must be test_<letter>_<name>")
    task = found[1]
    return task, f"{task}.{function.removeprefix('test_').replace('_', '-')}"
