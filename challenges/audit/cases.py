"""What there is to prove of `solutions/`: trees, and the verdict that is stated of each, task by task."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from challenges.audit.injected import injected_apps
from challenges.catalogue import CHECKOUT

SOLUTIONS = CHECKOUT / "solutions"
PACKAGES = ("loans", "interview")
TASK_FOLDERS = "[a-z]_*"


@dataclass(frozen=True)
class Case:
    """A tree and what is stated of it: the verdicts by task, and the ids of the checks that fail.

    `wavers` are those among them that depend on how quick the app's own threads are.
    """

    name: str
    overlay: Path | None  # what lies over the buggy app
    tree: Path | None  # or a whole tree
    verdicts: dict[str, str]
    fails: list[str] | None = None
    wavers: tuple[str, ...] = ()
    injected: dict[str, bytes] | None = None  # or what lies where in it

    @property
    def file(self) -> Path | None:
        return self.overlay / "case.toml" if self.overlay else None


def letters() -> list[str]:
    """The tasks' letters, found by looking."""
    return sorted(folder.name[0] for folder in SOLUTIONS.glob(TASK_FOLDERS))


def cases() -> Iterator[Case]:
    """Everything there is to prove; what exists is found by looking."""
    yield Case("the buggy app", None, CHECKOUT, dict.fromkeys(letters(), "fail"))
    yield Case("reference", None, SOLUTIONS / "reference", dict.fromkeys(letters(), "distinction"), [])
    for file, stated in _statements():
        if "open" in stated:
            continue
        name = str(file.parent.relative_to(SOLUTIONS))
        verdicts = stated.get("verdicts") or {name[0]: stated["verdict"]}
        wavers = tuple(stated.get("wavers", ()))
        yield Case(name, file.parent, None, verdicts, stated.get("fails"), wavers)
    for name, files, injected in injected_apps():
        verdicts = {task: "fail" if task in injected else "distinction" for task in letters()}
        yield Case(name, None, None, verdicts, injected=files)


def open_cases(tasks: Collection[str]) -> dict[str, str]:
    """What the grader is known to judge wrongly, and what it lacks for it: not proved, and not hidden."""
    named = {str(file.parent.relative_to(SOLUTIONS)): stated.get("open") for file, stated in _statements()}
    return {name: lack for name, lack in named.items() if lack and (name[0] in tasks or "mixes/" in name)}


def _statements() -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in sorted([*SOLUTIONS.glob("*/*/*/case.toml"), *SOLUTIONS.glob("mixes/*/case.toml")]):
        yield file, tomllib.loads(file.read_text())


def narrowed(case: Case, tasks: Collection[str]) -> Case | None:
    """The case with what it states of these tasks only; None where that is nothing."""
    verdicts = {task: verdict for task, verdict in case.verdicts.items() if task in tasks}
    fails = None if case.fails is None else [name for name in case.fails if name[0] in tasks]
    return replace(case, verdicts=verdicts, fails=fails) if verdicts else None
