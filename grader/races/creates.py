"""Two creates on one loan: the scenes, and exactly one winner in every order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from grader.app import App
from grader.calls import Person, creating
from grader.checking import NotApplicable, expect
from grader.database.tenant import Row
from grader.races.orders import Demand, assert_every_order
from grader.races.scene import WHY_RACE, Result, Scene, SceneMaker

REFUSALS = {400, 409, 422, 423}
ONE_WINNER = "one accepted, the other refused (400, 409, 422 or 423); one open task, and the pointer on it"


def one_winner(result: Result) -> str:
    """What is wrong with the outcome of two creates on one loan, or ""."""
    if any(answer.status >= 500 for answer in result.answers):
        return "a call answered 5xx"
    accepted = [answer for answer in result.answers if answer.accepted]
    refused = [answer for answer in result.answers if answer.status in REFUSALS]
    if len(accepted) == 1 and len(refused) != 1:
        return "the second create was neither accepted nor refused as a broken rule"
    if len(accepted) != 1:
        count = {0: "both creates were refused", 2: "both creates were accepted"}[len(accepted)]
        return f"{count}, {len(result.open_tasks)} open tasks"
    if len(result.open_tasks) != 1:
        return f"{len(result.open_tasks)} open tasks"
    if len(result.tasks) != result.scene.tasks + 1:
        return f"{len(result.tasks)} tasks, where there were {result.scene.tasks} before"
    if result.open_tasks[0]["task_type"] != accepted[0].call.body["task_type"]:
        return "the open task is of the type that was refused"
    loan = result.loans[0]
    if loan["current_task_id"] != result.open_tasks[0]["id"]:
        return "current_task is not the open task"
    return "" if loan["status"] == "IN_PROGRESS" else f"the loan is {loan['status']}"


def creates(
    app: App, types: tuple[str, str], *, earlier: bool = False, two_callers: bool = False
) -> SceneMaker:
    """Two creates on one loan: a new one, or one with an earlier completed task.

    `two_callers`: the second is somebody else's, where the submission lets somebody else create on
    the loan at all; a lock on the caller's own row protects nothing then.
    """
    second_caller = _second_caller(app) if two_callers else None
    pointer = pointer_after_a_complete(app) if earlier else ""
    # One loan, sent once as a number and once as text, where that is taken: a lock on what was sent is two.
    spelled = _spelling(app) if earlier else int

    def make() -> Scene:
        tasks = [{"task_type": "KYC", "completed": True, "pointer": pointer}] if earlier else []
        owner, loan, _ = app.owned_loan(*tasks)
        other = second_caller() if second_caller else owner
        first, second = creating(owner, loan, types[0]), creating(other, spelled(loan), types[1])
        return Scene(first, second, (loan,), len(tasks))

    return make


def _second_caller(app: App) -> Callable[[], Person] | None:
    """Who else may create a task on a customer's loan: another customer, staff, or None."""
    for staff in (False, True):
        if app.create_task(app.customer(staff=staff), app.owned_loan()[1]).accepted:
            return partial(app.customer, staff=staff)
    return None


def pointer_after_a_complete(app: App) -> str:
    """Where the submission's own complete leaves the pointer: null, or set, on the completed task.

    Raises NotApplicable where the loan is COMPLETED after it, and takes no further task.
    """
    owner, loan, tasks = app.owned_loan({"task_type": "KYC"})
    app.complete_task(owner, tasks[0])
    row = app.loan_row(loan)
    if row["status"] == "COMPLETED":
        raise NotApplicable("a loan is COMPLETED after its first task")
    return "set" if row["current_task_id"] == tasks[0] else "null"


def _spelling(app: App) -> Callable[[int], int | str]:
    """How else a loan's id may be sent, the oddest first."""
    for form in ("0{}", "{}"):
        owner, loan, _ = app.owned_loan()
        if app.call(creating(owner, form.format(loan))).accepted:
            return form.format
    return int


def assert_one_winner(app: App, name: str, make: SceneMaker) -> None:
    """Two creates on one loan, in every order, have one winner, who leaves what it leaves alone."""
    alone = [_alone(app, make, place) for place in (0, 1)]
    last: list[Result] = []

    def judge(result: Result) -> str:
        last[:] = [result]
        if problem := one_winner(result):
            return problem
        winner = [answer.accepted for answer in result.answers].index(True)
        left = _left(result.loans, result.tasks)
        changed = sorted(name for name, value in alone[winner].items() if left.get(name) != value)
        return f"the refused create has changed {', '.join(changed)}" if changed else ""

    assert_every_order(app, name, make, Demand(judge, ONE_WINNER, WHY_RACE))
    if last and _keeps_locks(app):
        _assert_open_to_both(app, last[0])


def _alone(app: App, make: SceneMaker, place: int) -> dict[str, Any]:
    """What one of a scene's calls leaves where the other is not made, as far as it is the same each time."""
    left: list[dict[str, Any]] = []
    for _ in range(2):
        scene = make()
        app.call((scene.first, scene.second)[place], on="AB"[place])  # a row may say which machine made it
        left.append(_left([app.loan_row(loan) for loan in scene.loans], app.task_rows(*scene.loans)))
    return {name: value for name, value in left[0].items() if left[1].get(name) == value}


def _left(loans: list[Row], tasks: list[Row]) -> dict[str, Any]:
    """The values in a scene's rows, but for ids and times, which differ from scene to scene."""
    rows = {"loan": loans[0], **{f"task {number}": task for number, task in enumerate(tasks, start=1)}}
    return {
        f"{column} of the {name}": value
        for name, row in rows.items()
        for column, value in row.items()
        if column != "id" and not column.endswith("_id") and not isinstance(value, datetime)
    }


def _keeps_locks(app: App) -> bool:
    """Whether a session of the app holds a lock between two calls."""
    app.rig.wire.settle()
    return bool(app.inspector.locks_kept())


def _assert_open_to_both(app: App, result: Result) -> None:
    """After a race the loan can be taken on by either process: none keeps it for itself."""
    loan = result.scene.loans[0]
    for on in ("B", "A"):
        owner = result.scene.first.by
        answers = [app.complete_task(owner, task["id"], on="A") for task in app.open_tasks(loan)]
        answers.append(app.create_task(owner, loan, on=on))
        expect(
            all(answer.accepted for answer in answers),
            observed=f"after a race: {'; '.join(answer.shown for answer in answers)}, sent to process {on}",
            expected="once the task is completed, either process can create the next",
            why="A lock that a refused request leaves behind shuts the loan for every other process.",
        )
