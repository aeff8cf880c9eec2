"""What there is to prove: trees, and what is stated of each."""

from __future__ import annotations

import importlib.util
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from challenges.catalogue import CHECKOUT

SOLUTIONS = CHECKOUT / "solutions"
PACKAGES = ("loans", "interview")
TASKS = ("a", "b", "c", "d", "e")


@dataclass(frozen=True)
class Case:
    """A tree and what is stated of it: the verdicts by task, and the ids of the checks that fail."""

    name: str
    overlay: Path | None  # what lies over the buggy app
    tree: Path | None  # or a whole tree
    verdicts: dict[str, str]
    fails: list[str] | None = None
    injected: dict[str, bytes] | None = None  # or what lies where in it

    @property
    def file(self) -> Path | None:
        return self.overlay / "case.toml" if self.overlay else None

    @property
    def is_right(self) -> bool:
        return "fail" not in self.verdicts.values()

    def is_about(self, tasks: list[str]) -> bool:
        """Whether it is a case of one of these tasks' own; without tasks, any is."""
        return not tasks or (self.overlay is not None and self.name[:2] in {f"{task}_" for task in tasks})


def cases() -> Iterator[Case]:
    """Everything there is to prove; what exists is found by looking."""
    yield Case("the buggy app", None, CHECKOUT, dict.fromkeys(TASKS, "fail"))
    yield Case("reference", None, SOLUTIONS / "reference", dict.fromkeys(TASKS, "distinction"), [])
    for file in sorted([*SOLUTIONS.glob("*/*/*/case.toml"), *SOLUTIONS.glob("mixes/*/case.toml")]):
        stated = tomllib.loads(file.read_text())
        name = str(file.parent.relative_to(SOLUTIONS))
        verdicts = stated.get("verdicts") or {name[0]: stated["verdict"]}
        yield Case(name, file.parent, None, verdicts, stated.get("fails"))
    yield from _injected()


def _injected() -> Iterator[Case]:
    if importlib.util.find_spec("challenges.injection") is None:
        return
    from challenges.audit.injected import injected_apps

    for name, files, tasks in injected_apps():
        verdicts = {task: "fail" if task in tasks else "distinction" for task in TASKS}
        yield Case(name, None, None, verdicts, injected=files)


def lay_over(overlay: Path | None, tree: Path) -> Path:
    """The buggy app with an overlay over it, at `tree`."""
    assert overlay is not None
    ignored = shutil.ignore_patterns("__pycache__", "case.toml")
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, tree / package, ignore=ignored)
    shutil.copytree(overlay, tree, dirs_exist_ok=True, ignore=ignored)
    return tree
