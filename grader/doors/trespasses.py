"""Calls on somebody else's loans and tasks, of each kind and by each name (E)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from grader.app import App
from grader.calls import Answer, Call, Person, completing, creating
from grader.checking import CannotDrive
from grader.doors.attempts import choices_of, leads_of
from grader.doors.inputs import SPELLINGS
from grader.leads import SENT, sending

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Trespass:
    """A call on somebody else's loan. With more than the contract's keys it may be refused for that."""

    call: Call
    owner: Person
    by_the_contract: bool = True

    def is_refused(self, answer: Answer) -> bool:
        return answer.status in (400, 403, 404) or (answer.refused and not self.by_the_contract)


@dataclass(frozen=True)
class Kinds:
    """A loan and a task of each kind that there is, of one customer; the new loan and the open task first."""

    owner: Person
    loans: list[int]
    tasks: list[int]


def of_each_kind(app: App) -> Kinds:
    owner = app.customer()
    loans, tasks = [app.loan(owner)], []
    for status in ("COMPLETED", "REJECTED"):
        with suppress(CannotDrive):  # a fix may forbid it
            loans.append(app.loan(owner, status=status))
    for task in ({"task_type": "KYC"}, {"task_type": "KYC", "completed": True, "pointer": "null"}):
        loan, made = app.loan_with(owner, task)
        loans.append(loan)
        tasks += made
    return Kinds(owner, loans, tasks)


def trespasses(app: App) -> list[Trespass]:
    """Calls on each kind, ids as numbers and as text, also with the owner named and as a form."""
    found: list[Trespass] = []
    for spelling in (int, str):
        kinds = of_each_kind(app)
        used = worked_on(app, kinds.owner) if spelling is int else ([], [])
        made = [creating(None, spelling(loan)) for loan in [*kinds.loans, *used[0]]]
        made += [completing(None, spelling(task)) for task in [*used[1], *kinds.tasks]]
        both = (creating(None, spelling(kinds.loans[0])), completing(None, spelling(kinds.tasks[0])))
        owner = kinds.owner
        naming: dict[str, Any] = {"customer": owner.customer, "customer_id": owner.customer}
        naming |= {"user": owner.user, "user_id": owner.user, "owner": owner.user}
        made += [sending(call, "body", naming) for call in both]
        found += [Trespass(call, owner) for call in made]
    for call, which in zip(both, ("create", "complete"), strict=True):
        made = in_the_owners_name(app, which, call, owner)
        made.append(replace(call, body=urlencode(call.body), content_type=FORM))
        found += [Trespass(one, owner, by_the_contract=False) for one in made]
    for form in SPELLINGS:
        found.append(Trespass(creating(None, form.format(kinds.loans[0])), owner))
        found.append(Trespass(completing(None, form.format(kinds.tasks[0])), owner))
    strangers = attackers(app, len(found))
    return [replace(one, call=replace(one.call, by=by)) for one, by in zip(found, strangers, strict=True)]


def worked_on(app: App, owner: Person) -> tuple[list[int], list[int]]:
    """A loan and its open task, which their owner has just made through the API; none where that fails."""
    loan = app.loan(owner)
    app.create_task(owner, loan)
    return [loan], [task["id"] for task in app.task_rows(loan)]


def in_the_owners_name(app: App, which: str, call: Call, owner: Person) -> list[Call]:
    """The call with each of the owner's names, in all that the app looks for in a part of it."""
    found = choices_of(app, which, call)
    for part in SENT:
        names = [name for name in leads_of(app, which, part) if name not in call.body]
        for value in (owner.user, owner.username, owner.customer) if names else ():
            for form in (value, str(value)) if part == "body" and value != str(value) else (value,):
                found.append(sending(call, part, dict.fromkeys(names, form)))
    return found


def attackers(app: App, count: int) -> list[Person]:
    """Customers with a loan of their own each."""
    people: list[Person] = app.customers(count)
    app.make(*({"kind": "loan", "customer": person.customer} for person in people))
    return people
