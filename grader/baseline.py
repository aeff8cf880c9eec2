"""What no task changes: a loan can be made, listed, and taken through a task, as in the app handed out."""

from __future__ import annotations

from grader.app import App
from grader.calls import Answer
from grader.checking import expect
from grader.content import differences

WHY = "A fix that breaks something else is no fix."


def assert_the_rest_works(app: App) -> None:
    """One customer's day, for whichever task asks first: a new loan, the list with it, a task and its end."""
    app.once("the rest works", lambda: _a_day(app))


def _a_day(app: App) -> None:
    owner = app.customer()
    _accepted(app.create_loan(owner))
    loans = app.inspector.rows("SELECT id FROM loans_loan WHERE customer_id = %s", [owner.customer])
    expect(
        len(loans) == 1,
        observed=f"POST /api/loans/ was accepted and made {len(loans)} loans of the caller",
        expected="one loan, as before",
        why=WHY,
    )
    loan = int(loans[0]["id"])
    _listed(app, app.list_all(owner), [loan])
    _accepted(app.create_task(owner, loan))
    tasks, status = app.task_rows(loan), app.loan_row(loan)["status"]
    expect(
        len(tasks) == 1 and not tasks[0]["is_completed"] and status == "IN_PROGRESS",
        observed=f"after a task was created the loan is {status} with {len(tasks)} tasks",
        expected="IN_PROGRESS with its one open task, as before",
        why=WHY,
    )
    _accepted(app.complete_task(owner, tasks[0]["id"]))
    expect(
        [task["is_completed"] for task in app.task_rows(loan)] == [True],
        observed="POST /api/tasks/complete/ was accepted, and the task is not completed",
        expected="a completed task, as before",
        why=WHY,
    )
    _listed(app, app.list_all(owner), [loan])


def _accepted(answer: Answer) -> None:
    expect(
        answer.accepted and answer.data is not None,
        observed=answer.shown if not answer.accepted else f"{answer.shown}, which is no JSON",
        expected="2xx and JSON, as before",
        why=WHY,
    )


def _listed(app: App, listed: tuple[Answer, list[dict[str, object]]], ids: list[int]) -> None:
    first, loans = listed
    wrong = differences(app, ids, loans)
    expect(
        first.status == 200 and not wrong,
        observed=f"{first.shown}: {'; '.join(wrong[:3])}",
        expected="200 with the caller's loans, keys and values as before",
        why=WHY,
    )
