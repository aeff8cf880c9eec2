"""The kit's own error rates: of the verdicts that are known to be right, how many did the grader miss?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from challenges.audit.proving import Proof


@dataclass(frozen=True)
class Rates:
    """Verdicts counted one by one: a case about five tasks has five."""

    right: int = 0  # verdicts stated as pass or distinction …
    refused: int = 0  # … of which the grader failed these, or could not grade them
    marked_down: int = 0  # … or gave pass where distinction is due
    wrong: int = 0  # verdicts stated as fail …
    accepted: int = 0  # … of which the grader let these pass
    ungraded: int = 0  # … or could not grade these
    flattered: int = 0  # distinction given where pass is due
    differing: int = 0  # cases with the right verdicts, for other reasons than stated

    @property
    def errors(self) -> int:
        return sum(
            (self.refused, self.marked_down, self.accepted, self.ungraded, self.flattered, self.differing)
        )

    def __str__(self) -> str:
        lines = [
            f"right fixes refused:  {self.refused} of {self.right}",
            f"wrong fixes accepted: {self.accepted} of {self.wrong}",
        ]
        others = {
            "right fixes marked down to pass": self.marked_down,
            "passes taken for distinction": self.flattered,
            "wrong fixes that could not be graded": self.ungraded,
            "cases in which other checks fail than stated": self.differing,
        }
        return "\n".join([*lines, *(f"{what}: {number}" for what, number in others.items() if number)])


def rates(proofs: Iterable[Proof]) -> Rates:
    """Count the verdicts of all proofs."""
    counted: dict[str, int] = {}
    for proof in proofs:
        for task, stated in proof.case.verdicts.items():
            for kind in _kinds(stated, proof.verdicts.get(task)):
                counted[kind] = counted.get(kind, 0) + 1
        if proof.wrong and proof.as_stated:
            counted["differing"] = counted.get("differing", 0) + 1
    return Rates(**counted)


def _kinds(stated: str, given: str | None) -> tuple[str, ...]:
    """What one verdict counts as; `given` is None where there is none."""
    if stated == "fail":
        missed = {None: ("ungraded",), "fail": ()}.get(given, ("accepted",))
        return ("wrong", *missed)
    if given in (None, "fail"):
        return ("right", "refused")
    errors = {("distinction", "pass"): ("marked_down",), ("pass", "distinction"): ("flattered",)}
    return ("right", *errors.get((stated, given), ()))
