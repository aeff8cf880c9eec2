"""What must be so of a loan and its tasks after each call (contract, D)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from grader.app import App
from grader.calls import Answer, Person
from grader.checking import CannotDrive, expect
from grader.database.tenant import Row

WHY_POINTER = "Whoever opens the loan is sent to work that is done, and the loan waits for nobody."
CLOCKS = timedelta(minutes=1)  # that the clocks of the app, the database and the grader may be apart
WHY_TIME = "A completed task without its time, or with another one, makes every report wrong."


def started(app: App, task_type: str = "KYC") -> tuple[Person, int, int]:
    """An owner, a loan, and its open task, made through the API."""
    owner, loan, _ = app.owned_loan()
    app.must(app.create_task(owner, loan, task_type))
    return owner, loan, app.newest_task(loan)


def completed(app: App, owner: Person, task: int) -> Answer:
    answer = app.complete_task(owner, task)
    expect(
        answer.accepted,
        observed=answer.shown,
        expected="2xx: the owner completes an open task",
        why="Work that is done must be able to be marked as done.",
    )
    return answer


def assert_consistent(app: App, loan: int, after: str) -> None:
    """The contract's invariants of one loan."""
    row, tasks = app.loan_row(loan), app.task_rows(loan)
    _assert_pointer_and_times(row, tasks, after)
    expect(
        row["status"] == "IN_PROGRESS" or all(task["is_completed"] for task in tasks),
        observed=f"after {after}, the loan is {row['status']} with an open task",
        expected="IN_PROGRESS while a task is open",
        why="The status is what everybody else sees of the loan.",
        loan=row,
    )


def _assert_pointer_and_times(row: Row, tasks: list[Row], after: str) -> None:
    open_ids = [task["id"] for task in tasks if not task["is_completed"]]
    expect(
        row["current_task_id"] is None or row["current_task_id"] in open_ids,
        observed=f"after {after}, current_task is {row['current_task_id']}, which is completed",
        expected="current_task is null or an open task",
        why=WHY_POINTER,
        loan=row,
        tasks=tasks,
    )
    expect(
        all(task["is_completed"] == (task["completed_at"] is not None) for task in tasks),
        observed=f"after {after}, is_completed and completed_at do not go together",
        expected="both are set, or neither",
        why=WHY_TIME,
        tasks=tasks,
    )


def assert_done(app: App, loan: int, task: int) -> None:
    """The task is still there, and completed, and the loan's status fits."""
    rows = [row for row in app.task_rows(loan) if row["id"] == task]
    seen = (
        f"is_completed {rows[0]['is_completed']}, completed_at {rows[0]['completed_at']}" if rows else "gone"
    )
    expect(
        rows and rows[0]["is_completed"] and rows[0]["completed_at"] is not None,
        observed=f"after its complete, the task is {seen}",
        expected="is_completed and completed_at are set",
        why=WHY_TIME,
    )
    start, end = rows[0]["started_at"], rows[0]["completed_at"]
    earliest = start if end.microsecond else start - CLOCKS  # a time in whole seconds is early, and no lie
    now = datetime.now(end.tzinfo)
    expect(
        earliest <= end <= now + CLOCKS,
        observed=f"completed_at is {end}, where started_at is {start} and it is {now}",
        expected="the time of its complete",
        why=WHY_TIME,
    )
    status = app.loan_row(loan)["status"]
    expect(
        status in ("IN_PROGRESS", "COMPLETED"),
        observed=f"after a complete, the loan is {status}",
        expected="IN_PROGRESS or COMPLETED",
        why="The status is what everybody else sees of the loan.",
    )


def assert_completed(app: App, loan: int) -> None:
    row = app.loan_row(loan)
    expect(
        row["status"] == "COMPLETED" and row["current_task_id"] is None,
        observed=f"the loan is {row['status']} after its disbursement, current_task {row['current_task_id']}",
        expected="COMPLETED, with no current task",
        why="A loan whose money is paid out is done; else it is worked on for ever.",
        loan=row,
    )


def assert_again_changes_nothing(app: App, owner: Person, loan: int, task: int) -> None:
    before = app.snapshot([loan])
    answer = app.complete_task(owner, task)
    after = app.snapshot([loan])
    expect(
        (answer.accepted or answer.refused) and before == after,
        observed=f"{answer.shown} for a completed task"
        + ("" if before == after else ", and the rows changed (completed_at, the pointer or the status)"),
        expected="accepted or refused, and nothing changed",
        why="Requests get repeated; the second must not move the time of the first or lose other work.",
        before=before,
        after=after,
    )


def loans_of_all_kinds(app: App, owner: Person) -> list[int]:
    """A loan that is new, one at work, one between two tasks, and one whose pointer is stale."""
    done = {"task_type": "KYC", "completed": True}
    loans = [app.loan(owner), app.loan_with(owner, {"task_type": "KYC"})[0]]
    for tasks in ({**done, "pointer": "null"}, done):
        with suppress(CannotDrive):  # a fix may forbid it
            loans.append(app.loan_with(owner, tasks)[0])
    return loans


def assert_untouched(app: App, loans: list[int], before: list[dict[str, object]]) -> None:
    expect(
        app.snapshot(loans) == before,
        observed="completing a task of one loan changed another loan",
        expected="other loans stay as they were",
        why="A task belongs to one loan.",
    )


def assert_nothing_starts(app: App, owner: Person, loan: int, status: str) -> None:
    before = app.snapshot([loan])
    answer = app.create_task(owner, loan, "KYC")
    expect(
        answer.refused and app.snapshot([loan]) == before,
        observed=f"{answer.shown} on a {status} loan, which is now {app.loan_row(loan)['status']}",
        expected="a refusal, and nothing written",
        why="A rejected loan that is worked on again may end up paid out.",
    )


def assert_stays_closed(app: App, owner: Person, loan: int, tasks: list[int], status: str) -> None:
    """The admin closes a loan; completing these tasks of it, one after the other, does not reopen it.

    And no more comes apart by it than on a loan that is open.
    """
    if not app.try_status(loan, status):
        return
    before = app.snapshot([loan])
    for task in tasks:
        answer = app.complete_task(owner, task)
        row, *rest = after = app.snapshot([loan])
        expect(
            answer.status < 500 and row["status"] == status,
            observed=f"{answer.shown} after the admin set {status}: the loan is {row['status']}",
            expected=f"the loan stays {status}",
            why="What a person decided must not be undone by a task that was still open.",
            loan=row,
        )
        _assert_pointer_and_times(row, rest, f"completing a task of a {status} loan")
        expect(
            answer.accepted or after == before,
            observed=f"{answer.shown} after the admin set {status}, and still something was written",
            expected="a refusal leaves the loan and its tasks as they were",
            why=WHY_TIME,
            before=before,
            after=after,
        )
        before = after


def assert_completes_or_refuses(app: App, owner: Person, how: str, sent: type[int | str]) -> None:
    """A complete in a way that need not be taken does all that a complete does, or nothing."""
    loan, tasks = app.loan_with(owner, {"task_type": "KYC"})
    before = app.snapshot([loan])
    answer = app.complete_task(owner, sent(tasks[0]))
    if answer.accepted:
        assert_done(app, loan, tasks[0])
        assert_consistent(app, loan, f"a complete {how}")
        return
    expect(
        app.snapshot([loan]) == before,
        observed=f"{answer.shown}, {how}, and still something was written",
        expected="accepted, or nothing written",
        why="A caller who is told no relies on nothing having happened.",
    )
