"""What somebody tries who wants what is not theirs: another's name, a second key, a piece of SQL (E)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from grader.app import App
from grader.calls import LOANS, Answer, Call, Person, completing, creating
from grader.database.tenant import Row
from grader.doors.inputs import (
    LOANS_AND_TASKS,
    NEW_LOAN,
    OWNERS,
    PROBED,
    PROBED_TOO,
    PROBES,
    SPELLINGS,
    WORD,
)
from grader.leads import PARTS, SENT, sending


def own_call(app: App, which: str) -> Call:
    """Somebody's call on what is their own: `list`, `loan`, `create` or `complete`."""
    if which == "complete":
        owner, _, tasks = app.owned_loan({"task_type": "KYC"})
        return completing(owner, tasks[0])
    owner, loan, _ = app.owned_loan()
    if which == "list":
        return Call("GET", LOANS, by=owner)
    if which == "create":
        return creating(owner, loan)
    return Call("POST", LOANS, {**NEW_LOAN, "customer": owner.customer}, owner)


def leads_of(app: App, which: str, part: str) -> tuple[str, ...]:
    """By which names the app looks into a part of somebody's own call (`App.names`)."""

    def ask() -> dict[str, tuple[str, ...]]:
        call = own_call(app, which)
        return {part: app.names(call, part) for part in PARTS}

    return app.once(f"leads of {which}", ask)[part]


def choices_of(app: App, which: str, call: Call) -> list[Call]:
    """The call with each value that the app compares one of its parts with."""
    told = [
        (part, choice.split("=", 1)) for part in SENT for choice in leads_of(app, which, f"{part} choices")
    ]
    return [
        sending(call, part, {name: value})
        for part, (name, value) in told
        if part != "body" or name not in (call.body or {})
    ]


def loans_of(app: App, person: Person) -> list[Row]:
    return app.inspector.rows(
        "SELECT * FROM loans_loan WHERE customer_id = %s ORDER BY id", [person.customer]
    )


def unknown_ids(app: App, known: int) -> tuple[int, int]:
    """Ids that no loan and no task has, as long as one that is known and with no digit in common."""
    rows = app.inspector.rows("SELECT id FROM loans_loan UNION SELECT id FROM loans_taskexecution")
    taken = {row["id"] for row in rows}
    one, another, *_ = (
        id for digit in "987654321" if (id := int(digit * len(str(known)))) not in taken
    )  # fmt: skip
    return one, another


def calls_that_name_two(app: App, which: str, loan: int, task: int) -> list[Call]:
    """Calls on one's own loan that name another loan, or its task, as well.

    All names at once, and the app's own one by one: where one makes no sense, another may be taken.
    """
    own, calls = {*leads_of(app, which, "body")}, []
    for value in (loan, task):
        for names in ({*own, *LOANS_AND_TASKS}, *({name} for name in sorted(own))):
            call = own_call(app, which)
            calls.append(sending(call, "body", dict.fromkeys(sorted(names - {*call.body}), value)))
    names = {*leads_of(app, which, "query"), *LOANS_AND_TASKS}
    pairs = {name: task if "task" in name else loan for name in sorted(names)}
    return [*calls, sending(own_call(app, which), "query", pairs)]


def loans_for(app: App, other: Person) -> list[Call]:
    """New loans that people make for another, by all names and spellings."""
    id, call = other.customer, Call("POST", LOANS, {**NEW_LOAN, "customer": None})
    forms: list[Any] = [id, str(id), {"id": id}, float(id or 0), *(form.format(id) for form in SPELLINGS)]
    calls = [replace(call, body={**call.body, "customer": form}) for form in forms]
    for part in SENT:
        names = {*leads_of(app, "loan", part), *(OWNERS if part in ("body", "query") else ())}
        names -= {*call.body} if part == "body" else set()
        calls.append(sending(call, part, dict.fromkeys(sorted(names), id)))
    calls = [one for one in calls if one != call]
    return [
        replace(one, by=person, body={**one.body, "customer": one.body["customer"] or person.customer})
        for one, person in zip(calls, app.customers(len(calls)), strict=True)
    ]


def protected_fields(now: datetime, names: list[str]) -> list[dict[str, Any]]:
    """What is sent with a new loan, by the fields' own names and by each other that the app looks for."""
    old = "2001-01-01T00:00:00Z"
    times = [old, (now - timedelta(days=1)).isoformat(), (now + timedelta(days=1)).isoformat()]
    tried: list[dict[str, Any]] = [{"status": status} for status in ("IN_PROGRESS", "COMPLETED", "REJECTED")]
    tried += [{"created_at": time} for time in times]
    tried += [{key: "(a task)"} for key in ("current_task", "current_task_id")]
    tried += [{"status": "COMPLETED", "current_task": "(a task)", "created_at": old}]
    return tried + [
        {name: value} for name in names for value in ("COMPLETED", "(a task)", times[1], old[:10])
    ]


def probes(app: App, probe: str) -> list[Answer]:
    people: list[Person] = app.customers(6)
    encoded = "".join(f"%{byte:02x}" for byte in probe.encode())
    all_probed = {*PROBED, *PROBED_TOO, *leads_of(app, "list", "query")}
    return [
        app.create_task(people[0], probe),
        app.complete_task(people[1], probe),
        app.create_loan(people[2], amount=probe),
        app.create_loan(people[3], tenure_months=probe),
        app.list_loans(people[4], query="?" + "&".join(f"{key}={encoded}" for key in sorted(all_probed))),
        app.list_loans(people[5], query=f"?{PROBED[PROBES.index(probe)]}={encoded}"),
    ]


def sent_as_sql(app: App) -> list[tuple[Answer, str]]:
    """Lists that were asked for with a made-up word, and the statement that it stands in as a name of SQL.

    Between the quotes of a literal it is no word of a statement, and between those of a name it keeps its
    capital.
    """
    plain, found = own_call(app, "list"), leads_of(app, "list", "query")
    calls = [sending(plain, "query", dict.fromkeys(sorted({*PROBED, *PROBED_TOO, *found}), WORD))]
    calls += [sending(plain, "query", {name: WORD}) for name in found]
    answers = [app.call(call) for call in calls]
    return [
        (answer, unit.shown)
        for answer in answers
        for unit in answer.statements
        if WORD.lower() in unit.statement.words
    ]
