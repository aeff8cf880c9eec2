"""Task creations one after the other, up to the limit on their number, and what might lift it (E)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from grader.app import App
from grader.calls import TASK_TYPES, Answer, Call, Person, creating
from grader.checking import CannotDrive, NotApplicable, expect
from grader.doors.attempts import choices_of, leads_of
from grader.doors.inputs import ON
from grader.leads import SENT, sending

NORMAL = 3  # task creations in a minute that are not refused
RATE = 60  # task creations that one user may need in a minute (contract, E)


def creations(app: App) -> list[int]:
    """The answers to one person's task creations, up to the first refusal for their number."""
    app.hasty = True
    owner = app.customer()
    varied = ["query", "agent", "address"]
    things = [{"kind": "loan", "customer": owner.customer} for _ in range(RATE + 2)]
    *loans, spare = (row["loan"] for row in app.make(*things))
    statuses: list[int] = []
    for place, loan in enumerate(loans):
        answer = create_from_elsewhere(app, creating(owner, loan, TASK_TYPES[place % 3]), place, varied)
        statuses.append(answer.status)
        if answer.status == 429:
            assert_no_way_around(app, creating(owner, spare))
            advise_on_limit(app, answer, creating(owner, spare), place)
            break
        if place >= NORMAL - 1:  # who is done with a task has still created it
            for task in app.task_rows(loan):
                app.complete_task(owner, task["id"])
    return statuses


def create_from_elsewhere(app: App, call: Call, place: int, varied: list[str]) -> Answer:
    """One person's call, each from another network, browser and link; the first as it is.

    What the app does not accept, it may not be asked (a session may be held to an address): that is varied
    no more, and the person signs in anew.
    """
    while True:
        answer = app.call(from_elsewhere(app, call, place, varied) if place else call)
        if not place or answer.accepted or answer.status == 429 or not varied:
            return answer
        varied.pop(-1 if answer.status in (401, 403) else 0)
        assert call.by is not None
        app.sign_in_anew(call.by)


def from_elsewhere(app: App, call: Call, place: int, varied: list[str]) -> Call:
    if "query" in varied:
        call = sending(call, "query", {"_": place})
    if "agent" in varied:
        call = sending(call, "headers", {"User-Agent": f"Mozilla/5.0 (device {place})"})
    return replace(call, address=app.new_name()[1]) if "address" in varied else call


def assert_old_tasks_do_not_count(app: App) -> None:
    """As many tasks as one may create in a minute, a year ago, stand in no one's way."""
    owner, loan = app.customer(), 0
    with suppress(CannotDrive, NotApplicable):  # a fix may forbid it
        loan = old_tasks(app, owner)
    if loan:
        answer = app.create_task(owner, loan)
        expect(
            answer.status != 429,
            observed=f"{answer.shown} to somebody whose {RATE} tasks are a year old",
            expected="what was created a year ago was not created within this minute",
            why="A limit that has no end locks out whoever stays long enough.",
        )


def old_tasks(app: App, owner: Person) -> int:
    """Let somebody have completed tasks, as many as the limit, that are a year old; a new loan of theirs."""
    loan, tasks = app.loan_with(owner, {"task_type": "KYC", "completed": True, "pointer": "null"})
    app.grow_old(loan)
    app.copy_task(tasks[0], RATE - 1)
    return app.loan(owner)


def assert_no_way_around(app: App, another: Call) -> None:
    """Nothing that the app looks for in a request lifts the limit."""
    tries = choices_of(app, "create", another)
    for part in SENT:
        names = [name for name in leads_of(app, "create", part) if name not in another.body]
        for value in (*ON, True) if names and part == "body" else ON if names else ():
            tries.append(sending(another, part, dict.fromkeys(names, value)))
    for call in tries:
        answer = app.call(call)
        # Where the plain call goes through as well, by now, it was time that lifted the limit.
        lifted = answer.accepted and call_once_more(app, another).status == 429
        _assert_not_lifted(answer, lifted, "what a caller may write does not lift the limit")
    assert another.by is not None
    app.sign_in_anew(another.by)
    answer = app.call(another)
    _assert_not_lifted(answer, answer.accepted, "another session does not lift the limit")


def call_once_more(app: App, creation: Call) -> Answer:
    """Create a task on a loan whose open task is completed first."""
    for task in app.open_tasks(creation.body["loan_id"]):
        app.complete_task(creation.by, task["id"])
    return app.call(creation)


def _assert_not_lifted(answer: Answer, lifted: bool, rule: str) -> None:
    expect(
        not lifted,
        observed=f"{answer.shown} after a 429",
        expected=f"429: {rule}",
        why="One client in a loop fills the table and keeps the servers busy.",
    )


def advise_on_limit(app: App, refusal: Answer, another: Call, accepted: int) -> None:
    """What a limit that works is still not good for. `accepted`: creations before the refusal."""
    retry = refusal.headers.get("retry-after", "")
    seconds = int(retry) if retry.isascii() and retry.isdigit() else 0
    if seconds and (at_leisure := accepted * 60 // seconds) > RATE:
        app.advice.append(
            f"The limit on task creations lets {accepted} through and says to come back after {seconds} s: "
            f"unless another limit holds for longer, that is {at_leisure} a minute."
        )
    if not refusal.queries:
        app.advice.append(
            "The limit on task creations is counted without the database, so by each process on its own: "
            "with four of them somebody gets four times as many."
        )
    forged = replace(another, headers=(("X-Forwarded-For", "198.51.100.7"),))
    if app.call(forged).accepted:
        app.advice.append(
            "The limit on task creations is counted by an address that the caller may write: "
            "with a forged X-Forwarded-For there is none."
        )
