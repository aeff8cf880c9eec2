"""Task creations one after the other, up to the limit on their number, and what might lift it (E)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from grader.app import App
from grader.calls import TASK_TYPES, Answer, Call, creating
from grader.checking import expect

NORMAL = 3  # task creations in a minute that are not refused
RATE = 60  # task creations that one user may need in a minute (contract, E)


def creations(app: App) -> list[int]:
    """The answers to one person's task creations, up to the first refusal for their number."""
    app.hasty = True
    owner = app.customer()
    elsewhere = replace(owner, address=app.new_name()[1])  # one person, at work and on the phone
    things = [{"kind": "loan", "customer": owner.customer} for _ in range(RATE + 2)]
    *loans, spare = (row["loan"] for row in app.make(*things))
    statuses: list[int] = []
    for place, loan in enumerate(loans):
        answer = app.create_task((owner, elsewhere)[place % 2], loan, TASK_TYPES[place % 3])
        statuses.append(answer.status)
        if answer.status == 429:
            assert_no_way_around(app, creating(owner, spare))
            advise_on_limit(app, answer, creating(owner, spare), place)
            break
        if place >= NORMAL - 1:  # who is done with a task has still created it
            for task in app.task_rows(loan):
                app.complete_task(owner, task["id"])
    return statuses


def assert_no_way_around(app: App, another: Call) -> None:
    """Nothing that the app looks for in a request lifts the limit."""
    headers = tuple((name, "1") for name in app.names(another, "headers"))
    query = "?" + urlencode(dict.fromkeys(app.names(another, "query"), "1"))
    more = dict.fromkeys({*app.names(another, "body")} - {*another.body}, True)
    tries = [
        replace(another, headers=headers),
        replace(another, path=another.path + query),
        replace(another, body={**another.body, **more}),
    ]
    for call in tries:
        if call not in (another, replace(another, path=another.path + "?")):
            _assert_not_lifted(app, call, "what a caller may write does not lift the limit")
    assert another.by is not None
    app.sign_in_anew(another.by)
    _assert_not_lifted(app, another, "another session does not lift the limit")


def _assert_not_lifted(app: App, call: Call, rule: str) -> None:
    answer = app.call(call)
    expect(
        not answer.accepted,
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
