"""The rows that a list is asked for: loans of every kind, with tasks (A)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from grader.app import App
from grader.calls import TASK_TYPES, Person
from grader.checking import NotApplicable

AMOUNTS = ("50000.50", "1000.00", "250000.00", "99999.99")
SHORT = 1
TENURES = (24, 360, SHORT)  # months; the shortest are over
KINDS = ("at work", "idle", "without tasks", "COMPLETED", "REJECTED", "pointing back")


def loans_with_tasks(app: App, owners: list[Person], loans: int, tasks: int = 2) -> list[int]:
    """Loans spread over their owners, of all kinds by turns: at work, idle, without tasks, closed, or
    with a pointer to their completed task."""
    things: list[dict[str, Any]] = []
    for number in range(loans):
        owner = owners[number // 3 % len(owners)]
        about = {"amount": AMOUNTS[number % len(AMOUNTS)], "tenure_months": TENURES[number % len(TENURES)]}
        things.append({"kind": "loan", "customer": owner.customer, **about})
        task = {"kind": "task", "loan": {"of": len(things) - 1, "key": "loan"}}
        if KINDS[number % len(KINDS)] != "without tasks":
            things += [{**task, "completed": True, "pointer": "null"} for _ in range(tasks - 1)]
            is_open = KINDS[number % len(KINDS)] == "at work"
            kind = TASK_TYPES[(number // len(KINDS) + 1) % len(TASK_TYPES)]
            things.append({**task, "task_type": kind, "completed": not is_open})
            things[-1] |= {} if is_open else {"pointer": "null"}
    ids = [row["loan"] for row in app.make(*things) if "loan" in row]
    if past_their_tenure := [loan for n, loan in enumerate(ids) if TENURES[n % len(TENURES)] == SHORT]:
        with suppress(NotApplicable):  # a fix may forbid it
            app.grow_old(*past_their_tenure)
    for status in ("COMPLETED", "REJECTED"):
        if some := [loan for n, loan in enumerate(ids) if KINDS[n % len(KINDS)] == status]:
            app.try_status(some, status)
    if back := [loan for n, loan in enumerate(ids) if KINDS[n % len(KINDS)] == "pointing back"]:
        with suppress(NotApplicable):
            app.point_back(*back)
    return ids
