"""Whether the app answers a plain request as it answers the grader's, whose sign-in shows.

The checks sign in with DRF's `force_authenticate` beside a session (contract, 2). An app that keeps its rules
only for such a request shows here: the same calls are made both ways, and answers and rows compared. A call
that the session alone does not open (401 or 403) tells nothing, and ends the comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.app import App
from grader.calls import CREATE, LOANS, Answer, Call, completing, creating
from grader.checking import CannotDrive

NOT_OPENED = {401, 403}


@dataclass(frozen=True)
class Seen:
    """What one call did: the call without its ids, the answer's status, and what must be the same."""

    call: str
    answer: Answer
    effect: tuple[Any, ...]


def differences(app: App) -> list[dict[str, Any]]:
    """Findings: calls whose answer or effect depends on how the caller signed in.

    An app that does not do the same twice, signed in the same way, either way, tells nothing either.
    """
    try:
        forced, plain = _walk(app, forced=True), _walk(app, forced=False)
        if not (found := _difference(forced, plain)):
            return []
        again = _difference(forced, _walk(app, forced=True)) or _difference(plain, _walk(app, forced=False))
        return [] if again else [_finding(*found)]
    except CannotDrive:
        return []  # the checks will say so


def _difference(ones: list[Seen], others: list[Seen]) -> tuple[Seen, Seen] | None:
    for one, other in zip(ones, others, strict=False):
        if other.answer.status in NOT_OPENED and one.answer.status not in NOT_OPENED:
            return None
        if (one.call, one.answer.status, one.effect) != (other.call, other.answer.status, other.effect):
            return one, other
    return None


def _finding(forced: Seen, plain: Seen) -> dict[str, Any]:
    ways = {"with force_authenticate": forced, "with a session alone": plain}
    said = "; ".join(f"{way} {seen.answer.status}, {seen.effect}" for way, seen in ways.items())
    return {
        "text": f"the app answers a test client otherwise than everybody else: {forced.call}: {said}",
        "details": [seen.answer.shown for seen in ways.values()],
        "interference": True,
    }


def _walk(app: App, *, forced: bool) -> list[Seen]:
    """One person's calls, one after the other, with nothing else there."""
    app.inspector.clear()
    return list(_calls(app, forced=forced))


def _calls(app: App, *, forced: bool) -> Iterator[Seen]:
    owner, loan, _ = app.owned_loan()
    other, theirs, _ = app.owned_loan()
    queries: list[int] = []

    def call(name: str, made: Call, about: int) -> Seen:
        answer = app.call(made, forced=forced)
        tasks = [(task["task_type"], task["is_completed"]) for task in app.task_rows(about)]
        row = app.loan_row(about)
        return Seen(name, answer, (row["status"], row["current_task_id"] is None, *tasks))

    def list_loans() -> Seen:
        answer = app.call(Call("GET", LOANS, by=owner), forced=forced)
        queries.append(
            sum(any(word.startswith("loans_") for word in u.statement.words) for u in answer.queries)
        )
        owners = {loan.get("customer_name") for loan in answer.loans}
        grows = len(queries) > 1 and queries[-1] > queries[0]
        return Seen(
            f"GET {LOANS}",
            answer,
            (len(answer.loans), other.username in owners, "queries grow" if grows else ""),
        )

    def create_loan(amount: str) -> Call:
        return Call("POST", LOANS, {"customer": owner.customer, "amount": amount, "tenure_months": 24}, owner)

    yield list_loans()
    yield call(f"POST {LOANS} with an amount of 1.00", create_loan("1.00"), loan)
    for _ in range(3):
        yield call(f"POST {LOANS}", create_loan("50000.00"), loan)
    yield list_loans()
    yield call(f"POST {CREATE} on another's loan", creating(owner, theirs), theirs)
    yield call(f"POST {CREATE}", creating(owner, loan, "KYC"), loan)
    yield call(f"POST {CREATE} while a task is open", creating(owner, loan, "CREDIT_CHECK"), loan)
    tasks = app.task_rows(loan)
    if tasks:
        for time in ("", " again"):
            yield call(f"POST /api/tasks/complete/{time}", completing(owner, tasks[0]["id"]), loan)
