"""A create and a complete, or two completes, at once on one loan: every order keeps the invariants."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from grader.app import App
from grader.calls import completing, creating
from grader.checking import CannotDrive, expect
from grader.database.tenant import Row
from grader.races.moves import Moves
from grader.races.orders import Demand, assert_every_order
from grader.races.scene import Result, Scene, SceneMaker, in_turn, overtaken, run

EXPECTED = "each order leaves what one call after the other could leave, and no call answers 5xx"
WHY_LOST = "A pointer that is lost in a race leaves a task that nobody finds, and a loan that is stuck."


@dataclass
class Serial:
    """What the two calls do one after the other, in both orders; the second order is the first explored."""

    app: App
    make: SceneMaker
    results: list[Result] = field(default_factory=list)

    def leaves_what_accepted_leave(self, result: Result) -> bool:
        """Whether somebody was told to try again, and all is as if only the accepted calls had been made."""
        if not any(answer.refused for answer in result.answers):
            return False
        scene = self.make()
        calls = zip((scene.first, scene.second), result.answers, strict=True)
        for call in [call for call, answer in calls if answer.accepted]:
            self.app.must(self.app.call(call))
        alone = _shape(self.app.loan_row(scene.loans[0]), self.app.task_rows(*scene.loans))
        return alone == _shape(result.loans[0], result.tasks)

    def judge(self, result: Result, only_pointer: bool, moves: Moves | None) -> str:
        if len(self.results) == 1:
            self.results.append(result)
        if moves is not None and moves.since_last():
            return "completed_at was written twice"
        return _broken_invariant(result, self, only_pointer)

    def may_accept(self, index: int) -> bool:
        return any(result.answers[index].accepted for result in self.results)


def create_and_complete(app: App, task_type: str) -> SceneMaker:
    """A create while a task of this type is completed; while a payout is, which follows another task, another
    payout is created.

    The task was created through the API where that takes it, with whatever an app keeps beside it.
    """
    is_payout = task_type == "DISBURSEMENT"
    created = "DISBURSEMENT" if is_payout else "CREDIT_CHECK"
    earlier = [{"completed": True, "pointer": "null"}] if is_payout else []

    def make() -> Scene:
        owner, loan, _ = app.owned_loan(*earlier)
        if not app.create_task(owner, loan, task_type).accepted:
            owner, loan, _ = app.owned_loan({"task_type": task_type})
        return Scene(creating(owner, loan, created), completing(owner, app.newest_task(loan)), (loan,))

    return make


def create_and_repeated_complete(app: App) -> SceneMaker:
    """A create while a task that is completed already is completed once more."""

    def make() -> Scene:
        done = {"task_type": "KYC", "completed": True, "pointer": "null"}
        owner, loan, tasks = app.owned_loan(done)
        return Scene(creating(owner, loan, "KYC"), completing(owner, tasks[0]), (loan,))

    return make


def completes_of_one(app: App, task_type: str) -> SceneMaker:
    """One task of this type is completed twice."""

    def make() -> Scene:
        owner, loan, tasks = app.owned_loan({"task_type": task_type})
        return Scene(completing(owner, tasks[0]), completing(owner, tasks[0]), (loan,))

    return make


def completes_of_two(app: App) -> SceneMaker:
    """Two tasks of one loan are completed."""

    def make() -> Scene:
        owner, loan, tasks = app.owned_loan(
            {"task_type": "KYC", "pointer": "null"}, {"task_type": "DISBURSEMENT"}
        )
        return Scene(completing(owner, tasks[0]), completing(owner, tasks[1]), (loan,))

    return make


def assert_completed_once(app: App) -> None:
    """Two completes of one task keep every invariant and move its time at most once."""
    with Moves(app) as moves:
        assert_orders(app, "twice", completes_of_one(app, "KYC"), moves=moves)
        assert_orders(app, "paid", completes_of_one(app, "DISBURSEMENT"), moves=moves)
        if app.replay is None:
            _assert_completed_once_when_overtaken(app, "CREDIT_CHECK", moves)


def _assert_completed_once_when_overtaken(app: App, task_type: str, moves: Moves) -> None:
    """The same for a type in the one order that tells of a way of its own without a lock."""
    make = completes_of_one(app, task_type)
    result = run(app, make(), overtaken("A"))
    problem = Serial(app, make, [result, result]).judge(result, only_pointer=False, moves=moves)
    expect(
        not problem,
        observed=f"{problem}: {result.shown}, where the second went by the first before its write",
        expected=EXPECTED,
        why=WHY_LOST,
        **result.evidence(),
    )


def assert_orders(
    app: App, name: str, make: SceneMaker, *, only_pointer: bool = False, moves: Moves | None = None
) -> None:
    """Two calls on one loan keep every invariant in every order; see `_broken_invariant`.

    Raises CannotDrive where the submission does not let the scene be.
    """
    if app.replay is not None and app.replay.scene != name:
        return
    serial = Serial(app, make, [run(app, make(), in_turn("B"))])
    if app.replay is not None:
        serial.results.append(run(app, make(), in_turn("A")))
    demand = Demand(
        partial(serial.judge, only_pointer=only_pointer, moves=moves),
        EXPECTED,
        WHY_LOST,
    )
    assert_every_order(app, name, make, demand)


def assert_orders_where_possible(app: App, name: str, make: SceneMaker) -> None:
    """The same, unless the scene can't be: a constraint may forbid two open tasks."""
    try:
        make()
    except CannotDrive:
        return
    assert_orders(app, name, make)


def _broken_invariant(result: Result, serial: Serial, only_pointer: bool) -> str:
    """What is wrong with an outcome. `only_pointer`: no more than B asks, where D is unfixed."""
    if any(answer.status >= 500 for answer in result.answers):
        return "a call answered 5xx"
    loan, open_ids = result.loans[0], {task["id"] for task in result.open_tasks}
    if len(open_ids) > max(1, *(len(r.open_tasks) for r in serial.results)):
        return f"{len(open_ids)} open tasks"
    healthy = all(_pointer_is_right(r) for r in serial.results)
    if (
        open_ids
        and healthy
        and not _pointer_is_right(result)
        and not serial.leaves_what_accepted_leave(result)
    ):
        return "an open task without its pointer"
    if only_pointer:
        return ""
    if loan["current_task_id"] is not None and loan["current_task_id"] not in open_ids:
        return "current_task is a completed task"
    return _broken_state(result, serial)


def _pointer_is_right(result: Result) -> bool:
    """Whether the pointer is on an open task, where there is one."""
    open_ids = {task["id"] for task in result.open_tasks}
    return not open_ids or result.loans[0]["current_task_id"] in open_ids


def _broken_state(result: Result, serial: Serial) -> str:
    loan = result.loans[0]
    if result.open_tasks and loan["status"] != "IN_PROGRESS":
        return f"the loan is {loan['status']} with an open task"
    if any(task["is_completed"] != (task["completed_at"] is not None) for task in result.tasks):
        return "is_completed and completed_at do not go together"
    for index, answer in enumerate(result.answers):
        if answer.accepted and not serial.may_accept(index):
            return "a call was accepted that both orders of the two refuse"
    shape = _shape(loan, result.tasks)
    if shape in [_shape(r.loans[0], r.tasks) for r in serial.results]:
        return ""
    return (
        "" if serial.leaves_what_accepted_leave(result) else "an outcome that no order of the two calls has"
    )


def _shape(loan: Row, tasks: list[Row]) -> tuple[Any, ...]:
    """An outcome without ids and times."""
    states = sorted((task["task_type"], task["is_completed"]) for task in tasks)
    return loan["status"], loan["current_task_id"] is None, tuple(states)
