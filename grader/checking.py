"""What a check is, how it says what it saw, and the four ways in which it can end."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., None])


class Outcome(enum.Enum):
    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"  # the app could not be driven to where the check begins
    INCONCLUSIVE = "inconclusive"  # the machine was at fault, not the submission


@dataclass(frozen=True)
class Mark:
    """What `@check` says of a function. `points` of a task's checks add up to 100."""

    level: str  # "pass" or "distinction"
    points: int
    cost: float = 0.1
    both: bool = False
    scenes: tuple[str, ...] = ()


def check(
    *, level: str, points: int, cost: float = 0.1, both: bool = False, scenes: tuple[str, ...] = ()
) -> Callable[[F], F]:
    """Mark a function as a check; its docstring is the sentence that the candidate reads.

    `cost` is about how many seconds it takes on the reference, and `both` whether it uses worker B:
    by these the checks are shared out over the lanes of a run. `scenes` are the names of the scenes
    that it runs in every order: the ids of their schedules begin with them.
    """

    def mark(function: F) -> F:
        function.check = Mark(level, points, cost, both, scenes)  # type: ignore[attr-defined]
        return function

    return mark


@dataclass(eq=False)
class CheckFailed(Exception):
    """What was seen, what was expected and why it matters; never how to fix it."""

    observed: str
    expected: str
    why: str
    evidence: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"seen:     {self.observed}\nexpected: {self.expected}\nwhy:      {self.why}"


class NotApplicable(Exception):
    """The state that the check starts from can't be reached in this submission; counts as passed."""


class CannotDrive(Exception):
    """The app could not be driven to where the check begins: its outcome is `error`."""


def expect(ok: object, *, observed: str, expected: str, why: str, **evidence: Any) -> None:
    """Fail the check unless `ok`."""
    if not ok:
        raise CheckFailed(observed, expected, why, evidence)
