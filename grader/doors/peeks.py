"""What asks a list for somebody else's loans, and what shows that they were there (E)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import combinations, product

from grader.app import App
from grader.calls import LOANS, Answer, Call, Person
from grader.checking import CannotDrive
from grader.doors.attempts import choices_of, leads_of
from grader.doors.inputs import (
    COLUMNS,
    FLAGS,
    ID_FILTERS,
    NAME_FILTERS,
    NEW_LOAN_ASKED_FOR,
    PECULIAR,
)
from grader.leads import PAGING, sending

MOST_PAIRED = 5  # names that are tried two by two
ASKED_FIRST = {"NEW", "1", "true"}  # what its owner asks for too, just before


@dataclass(frozen=True)
class Theirs:
    """Somebody else and their loans; `facts` is what the rows hold, by column, as text."""

    person: Person
    loan: int
    loans: frozenset[int]
    facts: Mapping[str, str]

    def seen_in(self, answer: Answer) -> list[str]:
        """Which of their loans, or of the values that only they have, an answer tells without being told."""
        call = answer.call
        told = f"{call.path} {json.dumps(call.body)} {call.headers}"
        ids = sorted(self.loans & {loan["id"] for loan in answer.loans if isinstance(loan.get("id"), int)})
        values = [self.facts[name] for name in ("phone", "amount")]
        return [f"loan {id}" for id in ids] + [v for v in values if v in answer.text and v not in told]


def theirs(app: App) -> Theirs:
    """Somebody with a new loan and one with an open task, of an amount that nobody else has."""
    person = app.customer(phone=PECULIAR["phone"])
    amount, months = PECULIAR["amount"], int(PECULIAR["tenure_months"])
    new = app.loan(person, amount=amount, tenure_months=months)
    busy = app.loan_with(person, {"task_type": "KYC"}, amount=amount)[0]
    created = app.loan_row(new)["created_at"].astimezone(UTC)
    facts = {**PECULIAR, "created_at": created.date().isoformat()}
    return Theirs(person, new, frozenset((new, busy)), facts)


def peeks(app: App, owner: Person, theirs: Theirs) -> Iterator[Call]:
    """Calls of the owner's list that ask for somebody else's loans, in all parts of a request.

    Some come from the other person, who asks for the same just before: an answer may be kept for both.
    """
    plain, other = Call("GET", LOANS, by=owner), theirs.person
    yield plain
    for words in by_name(theirs, list(leads_of(app, "list", "query"))):
        call = sending(plain, "query", words)
        if ASKED_FIRST & {*words.values()}:
            yield replace(call, by=other)
        yield call
    for words in guesses(theirs):  # later, because an answer that is kept would be their own
        yield sending(plain, "query", words)
    for part in ("headers", "cookies", "body"):
        if names := leads_of(app, "list", part):
            for value in values_of(theirs):
                yield sending(plain, part, dict.fromkeys(names, value))
    if keys := leads_of(app, "list", "body"):
        for number in (other.customer, other.user):
            yield sending(plain, "body", dict.fromkeys(keys, number))
    yield from choices_of(app, "list", plain)
    with suppress(CannotDrive):  # a fix may forbid it
        yield replace(plain, by=app.customer(username=other.username.swapcase()))


def values_of(theirs: Theirs) -> list[str]:
    """What one may ask for that has to do with somebody else's loans, or with everybody's."""
    other = theirs.person
    ids = [str(id) for id in (other.customer, other.user, theirs.loan)]
    values = [*ids, f"{ids[0]},{theirs.loan}", other.username, "NEW", "IN_PROGRESS", "KYC"]
    return [*values, "true", "1", "all", "*", "", "2001-01-01", *theirs.facts.values()]


def guesses(theirs: Theirs) -> list[dict[str, str]]:
    """Query strings by the names that such apps often have."""
    other = theirs.person
    ids = [str(id) for id in (other.customer, other.user, theirs.loan)]
    asked = [{key: other.username} for key in NAME_FILTERS]
    asked += [{key: value} for key in ("customer", "user") for value in ids]
    asked += [{key: str(other.customer)} for key in ID_FILTERS]
    asked += [{key: "true"} for key in FLAGS]
    asked += [dict.fromkeys(FLAGS, flag) for flag in ("true", "1", "all")]
    asked += [dict.fromkeys(ID_FILTERS, value) for value in ids]
    asked += [dict.fromkeys(COLUMNS, value) for value in values_of(theirs)[: -len(theirs.facts)]]
    asked += [dict(theirs.facts)]
    return asked + [{key: value} for key, value in NEW_LOAN_ASKED_FOR.items()]


def by_name(theirs: Theirs, names: list[str]) -> list[dict[str, str]]:
    """Query strings by the names that the app was seen to look for."""
    paging, names = [name for name in names if name in PAGING], [name for name in names if name not in PAGING]
    values = [*values_of(theirs), str(2**31 - 1), "team", "everybody"]
    asked = [{name: value} for name, value in product(names, values)]
    asked += [{name: str(theirs.loan + step)} for name in paging for step in (-1, 0, 1)]
    early, late = "2001-01-01", "2999-01-01"
    for pair in ((early, early), (early, late), (late, early), (late, late)):
        asked += [{name: pair[place % 2] for place, name in enumerate(names)}] if len(names) > 1 else []
    for one, another in combinations(names[:MOST_PAIRED], 2):
        asked += [{one: early, another: late}, {one: late, another: early}]
    return asked
