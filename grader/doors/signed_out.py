"""Calls of somebody who has not signed in, and who says to be somebody, or on the machine itself (E)."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

from grader.app import App
from grader.calls import COMPLETE, CREATE, LOANS, Call, Person
from grader.doors.attempts import leads_of
from grader.doors.inputs import IDENTITIES
from grader.leads import SENT, sending

LOCAL = "127.0.0.1"


def signed_out_calls(loan: int, task: int) -> list[Call]:
    """The four calls."""
    return [
        Call("GET", LOANS),
        Call("POST", LOANS, {"customer": 1, "amount": "50000.00", "tenure_months": 24}),
        Call("POST", CREATE, {"loan_id": loan, "task_type": "KYC"}),
        Call("POST", COMPLETE, {"task_id": task}),
    ]


def claims(calls: list[Call], somebody: Person) -> list[Call]:
    """The four calls of somebody who says to be another, or to call from the machine itself."""
    headers = [
        tuple((name, value) for name in IDENTITIES) for value in (str(somebody.user), somebody.username)
    ]
    local = (("X-Forwarded-For", LOCAL), ("X-Real-IP", LOCAL))
    return [
        *(replace(call, headers=local, address=LOCAL) for call in calls),
        *(replace(call, headers=claim) for claim in headers for call in (calls[0], calls[2])),
        *(replace(calls[0], headers=(one,)) for claim in headers for one in claim),
    ]


def claims_by_name(app: App, somebody: Person, calls: list[Call]) -> list[Call]:
    """Anonymous calls that say to be somebody, by each name that the app looks for in them."""
    values = [str(somebody.user), somebody.username, str(somebody.customer)]
    values += [f"Bearer {token}" for token in (somebody.user, forged_token(somebody))]
    found = []
    for call in calls:
        leads = {part: {*app.names(call, part)} for part in SENT[:3]}
        if call is calls[0]:
            leads = {part: {*names, *leads_of(app, "list", part)} for part, names in leads.items()}
            leads["headers"].add("Authorization")
        for value in values if any(leads.values()) else ():
            claim = call
            for part, names in leads.items():
                claim = sending(claim, part, dict.fromkeys(sorted(names), value))
            found.append(claim)
    return found


def forged_token(somebody: Person) -> str:
    """A JSON Web Token (RFC 7519) that says to be somebody, signed by nobody."""
    claims = {"sub": str(somebody.user), "user_id": somebody.user, "username": somebody.username}
    parts = ({"alg": "HS256", "typ": "JWT"}, {**claims, "token_type": "access", "exp": 2**33})
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.{'x' * 43}"
