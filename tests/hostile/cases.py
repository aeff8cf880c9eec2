"""The hostile and the broken trees, each an overlay on the buggy app with a `case.toml` that states its due.

    reason = "…"                  what it tries, in one line
    tasks = ["c"]                 what is graded (default: c)
    says = ["out of memory"]      words that must be printed
    findings = ["loans/x.py"]     words that must be in one of integrity.findings each
    interferes = true             whether integrity.ok is to be false (default: false); "depends" where that
                                  depends on the machine's pace
    earns = true                  it is also a fix, and may pass what it passes (default: false)
    limits = ["call=3"]           given to the grader as --limit
    options = ["--isolation=process"]  given to the grader as they are
    without = ["loans"]           packages that are not handed in
    exit = 4                      its exit code, where it is neither 0 nor 1
    seconds = 30                  the longest that it may take on an idle machine
    quick = true                  is run by `pytest tests` too (default: only with --whole)

In its files @CANARY@, @HOME@ and @PORT@ stand for a folder, the home of whoever grades, and a port of
loopback. An attack says BROKE-OUT where it got somewhere, which must then be printed nowhere. None may do
more than that, for they are to be harmless where the isolation fails: bounded numbers, no signal to anything
but itself and its parent, nothing written but below @CANARY@ and its own folders.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
PACKAGES = ("loans", "interview")
DEPENDS = "depends"


@dataclass(frozen=True)
class Case:
    """A tree and what is stated of it."""

    name: str
    folder: Path | None  # None: the buggy app as it is
    reason: str
    tasks: list[str] = field(default_factory=lambda: ["c"])
    says: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    interferes: bool | str = False
    earns: bool = False
    limits: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    exit: int = 1
    seconds: float = 30.0
    quick: bool = False

    @property
    def arguments(self) -> list[str]:
        """What the grader is given beside the submission."""
        tasks = [f"--task={task}" for task in self.tasks]
        return [*tasks, *(f"--limit={limit}" for limit in self.limits), *self.options]

    def lay_out(self, tree: Path, stand_for: dict[str, str]) -> Path:
        """The buggy app with this case over it, at `tree`."""
        ignored = shutil.ignore_patterns("__pycache__", "case.toml")
        tree.mkdir()
        for package in set(PACKAGES) - set(self.without):
            shutil.copytree(CHECKOUT / package, tree / package, ignore=ignored)
        if self.folder is not None:
            shutil.copytree(self.folder, tree, dirs_exist_ok=True, ignore=ignored)
            for path in self.folder.rglob("*.py"):
                _fill_in(tree / path.relative_to(self.folder), stand_for)
        return tree


def _fill_in(path: Path, stand_for: dict[str, str]) -> None:
    text = path.read_bytes()
    for name, value in stand_for.items():
        text = text.replace(name.encode(), value.encode())
    path.write_bytes(text)


BUGGY = Case("the buggy app", None, "what is earned without a fix", tasks=["a", "b", "c", "d", "e"])


def cases() -> Iterator[Case]:
    """All there are; what exists is found by looking."""
    for file in sorted(HERE.glob("*/*/case.toml")):
        name = str(file.parent.relative_to(HERE))
        yield Case(name, file.parent, **tomllib.loads(file.read_text()))
