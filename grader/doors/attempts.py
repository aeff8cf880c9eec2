"""What somebody tries who wants what is not theirs: without a name, by another's, in a second key (E)."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from grader.app import App
from grader.calls import COMPLETE, CREATE, LOANS, Answer, Call, Person, completing, creating
from grader.checking import CannotDrive
from grader.database.tenant import Row
from grader.doors.inputs import (
    COLUMNS,
    FLAGS,
    ID_FILTERS,
    NAME_FILTERS,
    NEW_LOAN,
    NEW_LOAN_ASKED_FOR,
    PAGING,
    PROBED,
    PROBED_TOO,
    PROBES,
)

MOST_PAIRED = 5  # names that are tried two by two


def signed_out_calls(loan: int, task: int) -> list[Call]:
    return [
        Call("GET", LOANS),
        Call("POST", LOANS, {"customer": 1, "amount": "50000.00", "tenure_months": 24}),
        Call("POST", CREATE, {"loan_id": loan, "task_type": "KYC"}),
        Call("POST", COMPLETE, {"task_id": task}),
    ]


def claims_by_name(app: App, somebody: Person, call: Call) -> list[Call]:
    """Anonymous calls that say to be somebody, by each name that the app looks for."""
    values = [str(somebody.user), somebody.username, str(somebody.customer)]
    values += [f"Bearer {token}" for token in (somebody.user, forged_token(somebody))]
    asking = (call, replace(call, by=app.customer()))
    headers = {"Authorization", *(name for one in asking for name in app.names(one, "headers"))}
    cookies = sorted({name for one in asking for name in app.names(one, "cookies")})
    queries = sorted({name for one in asking for name in app.names(one, "query")})
    return [
        replace(
            call,
            path=f"{call.path}?{urlencode(dict.fromkeys(queries, value))}",
            headers=(
                *((name, value) for name in sorted(headers)),
                *([("Cookie", "; ".join(f"{name}={value}" for name in cookies))] if cookies else []),
            ),
        )
        for value in values
    ]


def forged_token(somebody: Person) -> str:
    """A JSON Web Token (RFC 7519) that says to be somebody, signed by nobody."""
    claims = {"sub": str(somebody.user), "user_id": somebody.user, "username": somebody.username}
    parts = ({"alg": "HS256", "typ": "JWT"}, {**claims, "token_type": "access", "exp": 2**33})
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.{'x' * 43}"


def peeks(app: App, owner: Person, other: Person, loan: int) -> list[Call]:
    """Calls of the owner's list that ask for somebody else's loans, in all parts of a request."""
    plain = Call("GET", LOANS, by=owner)
    queries = queries_for(other, loan, app.names(plain, "query"), app.names(plain, "choices"))
    calls = [plain, *(replace(plain, path=LOANS + query) for query in queries)]
    headers, cookies, keys = (app.names(plain, part) for part in ("headers", "cookies", "body"))
    for value in (other.customer, other.user, other.username):
        if headers:
            calls.append(replace(plain, headers=tuple((name, str(value)) for name in headers)))
        if cookies:
            pairs = "; ".join(f"{name}={value}" for name in cookies)
            calls.append(replace(plain, headers=(("Cookie", pairs),)))
        if keys:
            calls += [replace(plain, body=dict.fromkeys(keys, form)) for form in (value, str(value))]
    with suppress(CannotDrive):  # a fix may forbid it
        calls.append(replace(plain, by=app.customer(username=other.username.swapcase())))
    return calls


def queries_for(other: Person, loan: int, names: Sequence[str], choices: Sequence[str]) -> list[str]:
    """Query strings that ask for somebody else's loans, or for everybody's.

    `names` are those that the app looks for, `choices` the values that it compares with (`App.names`).
    """
    paging, names = [name for name in names if name in PAGING], [name for name in names if name not in PAGING]
    ids, flags = [other.customer, other.user, loan], ["true", "1", "all"]
    asked = [{key: other.username} for key in NAME_FILTERS]
    asked += [{key: str(value)} for key in ("customer", "user") for value in ids]
    asked += [{key: str(other.customer)} for key in ID_FILTERS]
    asked += [{key: "true"} for key in FLAGS]
    asked += [dict.fromkeys(FLAGS, flag) for flag in flags]
    asked += [dict.fromkeys(ID_FILTERS, str(value)) for value in ids]
    values = [
        *map(str, ids),
        f"{ids[0]},{loan}",
        other.username,
        "NEW",
        "IN_PROGRESS",
        "KYC",
        *flags,
        "*",
        "",
        "2001-01-01",
    ]
    asked += [dict.fromkeys(COLUMNS, value) for value in values]
    asked += [
        {name: value} for name in names for value in (*values, "1", str(2**31 - 1), "team", "everybody")
    ]
    asked += [{name: str(loan + step)} for name in paging for step in (-1, 0, 1)]
    asked += [dict([choice.split("=", 1)]) for choice in choices]
    asked += [{key: value} for key, value in NEW_LOAN_ASKED_FOR.items()]
    early, late = "2001-01-01", "2999-01-01"
    for pair in ((early, early), (early, late), (late, early), (late, late)):
        asked += [{name: pair[place % 2] for place, name in enumerate(names)}] if len(names) > 1 else []
    for one, another in combinations(names[:MOST_PAIRED], 2):
        asked += [{one: early, another: late}, {one: late, another: early}]
    return [f"?{urlencode(words)}" for words in asked]


def trespasses(app: App) -> list[tuple[Call, Person]]:
    """Calls on somebody else's loans of each kind, ids as numbers and as text, also with the owner named."""
    calls: list[tuple[Call, Person]] = []
    for spelling in (int, str):
        owner = app.customer()
        loans = [app.loan(owner)]
        tasks: list[int] = []
        for status in ("COMPLETED", "REJECTED"):
            with suppress(CannotDrive):  # a fix may forbid it
                loans.append(app.loan(owner, status=status))
        for task in ({"task_type": "KYC"}, {"task_type": "KYC", "completed": True, "pointer": "null"}):
            loan, made = app.loan_with(owner, task)
            loans.append(loan)
            tasks += made
        naming = {"customer": owner.customer, "customer_id": owner.customer, "user": owner.user}
        naming |= {"user_id": owner.user, "owner": owner.user}
        calls += [(creating(attacker(app), spelling(loan)), owner) for loan in loans]
        calls += [(completing(attacker(app), spelling(task)), owner) for task in tasks]
        for call in (
            creating(attacker(app), spelling(loans[0])),
            completing(attacker(app), spelling(tasks[0])),
        ):
            calls.append((Call(call.method, call.path, {**call.body, **naming}, call.by), owner))
    for form in (" {}", "0{}", "+{}"):
        calls.append((creating(attacker(app), form.format(loans[0])), owner))
        calls.append((completing(attacker(app), form.format(tasks[0])), owner))
    return calls


def own_call(app: App, which: str) -> Call:
    """Somebody's call on what is their own."""
    if which == "complete":
        owner, _, tasks = app.owned_loan({"task_type": "KYC"})
        return completing(owner, tasks[0])
    owner, loan, _ = app.owned_loan()
    if which == "create":
        return creating(owner, loan)
    return Call("POST", LOANS, {**NEW_LOAN, "customer": owner.customer}, owner)


def loans_of(app: App, person: Person) -> list[Row]:
    return app.inspector.rows(
        "SELECT * FROM loans_loan WHERE customer_id = %s ORDER BY id", [person.customer]
    )


def attacker(app: App) -> Person:
    """A customer with a loan of their own."""
    return app.owned_loan()[0]


def protected_fields(now: datetime, names: list[str]) -> list[dict[str, Any]]:
    """What is sent with a new loan, by the fields' own names and by each other that the app looks for."""
    old = "2001-01-01T00:00:00Z"
    times = [old, (now - timedelta(days=1)).isoformat(), (now + timedelta(days=1)).isoformat()]
    tried: list[dict[str, Any]] = [{"status": status} for status in ("IN_PROGRESS", "COMPLETED", "REJECTED")]
    tried += [{"created_at": time} for time in times]
    tried += [{key: "(a task)"} for key in ("current_task", "current_task_id")]
    tried += [{"status": "COMPLETED", "current_task": "(a task)", "created_at": old}]
    return tried + [{name: value} for name in names for value in ("COMPLETED", "(a task)", times[1])]


def probes(app: App, probe: str) -> list[Answer]:
    people: list[Person] = app.customers(6)
    encoded = "".join(f"%{byte:02x}" for byte in probe.encode())
    all_probed = {*PROBED, *PROBED_TOO, *app.names(Call("GET", LOANS, by=people[4]), "query")}
    return [
        app.create_task(people[0], probe),
        app.complete_task(people[1], probe),
        app.create_loan(people[2], amount=probe),
        app.create_loan(people[3], tenure_months=probe),
        app.list_loans(people[4], query="?" + "&".join(f"{key}={encoded}" for key in sorted(all_probed))),
        app.list_loans(people[5], query=f"?{PROBED[PROBES.index(probe)]}={encoded}"),
    ]
