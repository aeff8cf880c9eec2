"""Two creates on two loans, which have nothing to do with each other."""

from __future__ import annotations

from grader.app import App
from grader.calls import creating
from grader.checking import expect
from grader.races.creates import pointer_after_a_complete
from grader.races.scene import Scene, run
from grader.scheduling.footprint import Footprint
from grader.scheduling.stage import Choice, Stage, Waiting

FAR = 2**11 * 3 * 5**3 * 7 * 11 * 13  # between two ids: a lock by an id's remainder is one lock for both


def assert_no_waiting(app: App, *, same_customer: bool, later: bool = False) -> None:
    """Creates on two loans do not wait for each other: B runs to its end inside A, wherever A has got to.

    `later`: the last task of each, after another that is completed. Raises NotApplicable.
    """
    whose = "one customer" if same_customer else "two customers"
    tasks = [{"completed": True, "pointer": pointer_after_a_complete(app)}] if later else []
    kind = "DISBURSEMENT" if later else "KYC"
    place = places = 0
    while place <= places:
        owner, loan, _ = app.owned_loan(*tasks)
        if same_customer:
            other, other_loan = owner, app.loan_with(owner, *tasks)[0]
        else:
            other, other_loan, _ = app.owned_loan(*tasks, id=loan + FAR)
        scene = Scene(creating(owner, loan, kind), creating(other, other_loan, kind), (loan, other_loan))
        stage, polled = app.stage, list[bool]()
        result = run(app, scene, _inside("A", place, stage, polled), stage)
        expect(
            all(answer.accepted for answer in result.answers),
            observed=f"{result.shown}, on two loans of {whose}",
            expected="both accepted",
            why="Loans have nothing to do with each other.",
            **result.evidence(),
        )
        expect(
            "B" not in result.trace.waited and not polled and not result.trace.endless,
            observed=f"a create on one loan of {whose} waits for a create on another loan",
            expected="creates on different loans do not wait for each other",
            why="One lock for all makes every customer wait for the slowest.",
            **result.evidence(),
        )
        places = sum(s.entity[0] == "A" and writes(s.footprint) for s in result.trace.steps) - 1
        place += 1


def _inside(outer: str, place: int, stage: Stage, polled: list[bool]) -> Choice:
    """`outer` goes up to its lock, write or COMMIT number `place`; there the other runs.

    Where the other waits there outside the database, as who polls does, that is noted in `polled`.
    """
    left = place

    def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
        nonlocal left
        mine = [name for name in enabled if name[0] == outer]
        others = [name for name in enabled if name[0] != outer]
        if not mine:
            return min(others)
        if writes(enabled[mine[0]]):
            if left == 0 and others:
                return min(others)
            if left == 0 and Waiting.OUTSIDE in stage.states.values():
                polled.append(True)
            left -= 1
        return min(mine)

    return choose


def writes(footprint: Footprint) -> bool:
    """Whether a statement changes something, or lets others see what was changed."""
    return bool(footprint.writes | footprint.publishes)
