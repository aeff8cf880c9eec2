"""Nobody gets in without signing in, and nobody gets at what is not theirs."""

import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from grader.alike import alike
from grader.app import App
from grader.calls import COMPLETE, CREATE, LOANS, Call, completing, creating
from grader.checking import check, expect
from grader.doors.attempts import (
    calls_that_name_two,
    leads_of,
    loans_for,
    loans_of,
    probes,
    protected_fields,
    sent_as_sql,
    unknown_ids,
)
from grader.doors.exploit import exploit, loans_and_tasks
from grader.doors.inputs import BAD_AMOUNTS, BAD_IDS, BAD_TENURES, LEAKS, NEW_LOAN, PROBES, PROTECTED
from grader.doors.limit import NORMAL, RATE, assert_old_tasks_do_not_count, creations
from grader.doors.peeks import peeks, theirs
from grader.doors.signed_out import claims, claims_by_name, signed_out_calls
from grader.doors.trespasses import of_each_kind, trespasses


@check(level="pass", points=10, cost=0.05)
def test_the_owner_can_do_all_of_it(app: App) -> None:
    """A customer can list, create a loan, and create and complete tasks on their own loans."""
    owner = app.customer()
    answers = [app.create_loan(owner)]
    loans = app.list_all(owner)[1]
    mine = [row["id"] for row in app.inspector.rows(
        "SELECT id FROM loans_loan WHERE customer_id = %s", [owner.customer])]  # fmt: skip
    if mine:
        answers.append(app.create_task(owner, mine[0]))
        if app.task_rows(mine[0]):
            answers.append(app.complete_task(owner, app.newest_task(mine[0])))
    refused = [answer.shown for answer in answers if not answer.accepted]
    expect(
        len(answers) == 3 and not refused and [loan.get("id") for loan in loans].count(mine[0]) == 1,
        observed="; ".join(refused) or "the owner's new loan is not in their list",
        expected="2xx for each, and the loan in the list",
        why="A door that is shut for its owner is no security.",
    )


@check(level="pass", points=15, cost=0.05)
def test_nobody_gets_in_without_signing_in(app: App) -> None:
    """An anonymous call to any of the four calls gets 401 or 403, and changes nothing."""
    owner = app.customer()
    free = app.loan(owner)
    _, tasks = app.loan_with(owner, {"task_type": "KYC"})
    calls = signed_out_calls(free, tasks[0])
    claims_of_its_own = claims_by_name(app, owner, calls)
    before = app.everything()
    for call in (*calls, *claims(calls, owner), *claims_of_its_own):
        answer = app.call(call)
        # A claim that makes no sense to the app, or an address that is none, may be refused for that.
        lenient = call.address or call in claims_of_its_own
        shut = answer.refused if lenient else answer.status in (401, 403)
        after = app.everything()
        expect(
            shut and after == before,
            observed=answer.shown + (", and rows changed" if after != before else ""),
            expected="401 or 403, and nothing changed",
            why="Whoever finds the address can read and change every customer's loans.",
            **exploit(answer, loans_and_tasks(before), loans_and_tasks(after)),
        )


@check(level="pass", points=15, cost=0.15)
def test_a_list_holds_only_the_callers_loans(app: App) -> None:
    """A customer's list holds only their own loans, whatever the query string."""
    others = theirs(app)
    owner, mine, _ = app.owned_loan()
    for place, call in enumerate(peeks(app, owner, others)):
        answer = app.call(call)
        if call.by == others.person:
            continue
        if answer.status == 429:  # a limit on calls must not hide what is asked for
            owner, mine, _ = app.owned_loan()
            answer = app.call(replace(call, by=owner))
        seen, ids = others.seen_in(answer), [loan.get("id") for loan in answer.loans]
        expect(
            not seen and answer.status != 429 and (mine in ids or place),
            observed=f"{answer.shown} holds loans {ids[:5]}"
            + (f"; {', '.join(seen)} of {others.person.username}" if seen else f", and {mine} is not there"),
            expected="only the caller's loans",
            why="Amounts, names and states of other people's loans are nobody's business.",
            **exploit(answer),
        )


@check(level="pass", points=15)
def test_nobody_touches_anothers_loan(app: App) -> None:
    """Creating or completing a task on someone else's loan is refused and changes nothing."""
    tries = trespasses(app)
    before = app.everything()
    for trespass in tries:
        answer, after = app.call(trespass.call), app.everything()
        expect(
            trespass.is_refused(answer) and after == before,
            observed=f"{answer.shown} on a loan of {trespass.owner.username}"
            + (", and rows changed" if after != before else ""),
            expected="400, 403 or 404, and nothing changed",
            why="Any customer could move any other customer's loan.",
            **exploit(answer, loans_and_tasks(before), loans_and_tasks(after)),
        )


@check(level="pass", points=5, cost=0.2)
def test_naming_two_loans_touches_ones_own_alone(app: App) -> None:
    """A call on one's own loan that names another's as well, in whatever key, changes nothing of theirs."""
    other, loan, tasks = app.owned_loan({"task_type": "KYC"})
    before = [*app.snapshot([loan]), *loans_of(app, other)]
    for which in ("create", "complete", "loan"):
        for call in calls_that_name_two(app, which, loan, tasks[0]):
            answer = app.call(call)
            after = [*app.snapshot([loan]), *loans_of(app, other)]
            expect(
                after == before,
                observed=f"{answer.shown} changed loan {loan} of {other.username}",
                expected="nothing of anybody else's is changed",
                why="An owner checked by one key, and a loan taken by another, is no check.",
                **exploit(answer, before, after),
            )


@check(level="pass", points=10, cost=0.05)
def test_protected_fields_can_not_be_set(app: App) -> None:
    """status, current_task and created_at sent with a new loan have no effect."""
    now = app.inspector.rows("SELECT now() AS now")[0]["now"]
    names = {*leads_of(app, "loan", "body")} - {*NEW_LOAN, "customer"}
    for extra in protected_fields(now, sorted(names)):
        owner, _, tasks = app.owned_loan({"task_type": "KYC"})
        sent = {key: tasks[0] if value == "(a task)" else value for key, value in extra.items()}
        answer = app.create_loan(owner, **sent)
        made = loans_of(app, owner)[1:]
        untouched = all(
            row["status"] == "NEW"
            and row["current_task_id"] is None
            and abs(row["created_at"] - now) < timedelta(hours=6)
            for row in made
        )
        expect(
            # A name that is only looked for may mean anything, and be refused for that.
            ((answer.status == 400 or (answer.refused and not {*extra} & PROTECTED)) and not made)
            or (answer.accepted and len(made) == 1 and untouched),
            observed=f"{answer.shown}; the new loan is "
            + (f"{made[0]['status']}, current_task {made[0]['current_task_id']}, created "
               f"{made[0]['created_at']:%Y-%m-%d}" if made else "not there"),
            expected="the fields are ignored, or the answer is 400",
            why="A customer who can write the status pays out their own loan.",
            **exploit(answer, after=made),
        )  # fmt: skip


@check(level="pass", points=15)
def test_amounts_and_tenures_are_checked(app: App) -> None:
    """Amounts below 1000.00 or that are no money, and tenures outside 1 to 360, are 400."""
    bad = [("amount", value) for value in BAD_AMOUNTS] + [("tenure_months", v) for v in BAD_TENURES]
    people = app.customers(len(bad))
    for (key, value), owner in zip(bad, people, strict=True):
        answer = app.create_loan(owner, **{key: value})
        made = app.inspector.rows("SELECT * FROM loans_loan WHERE customer_id = %s", [owner.customer])
        expect(
            answer.status == 400 and not made,
            observed=f"{answer.shown}" + (", and a loan was made" if made else ""),
            expected="400 and no loan",
            why="What gets into the table is what gets paid out.",
            **exploit(answer, after=made),
        )
    good = (("amount", "1000.00"), ("tenure_months", 1), ("tenure_months", 360))
    for (key, value), owner in zip(good, app.customers(len(good)), strict=True):
        answer = app.create_loan(owner, **{key: value})
        expect(
            answer.accepted,
            observed=answer.shown,
            expected="2xx: the bound itself is allowed",
            why="A bound that is off by one turns customers away.",
        )


@check(level="distinction", points=3, cost=0.05)
def test_a_loan_is_made_for_oneself(app: App) -> None:
    """A customer can't create a loan for another customer."""
    other = app.customer()
    for call in loans_for(app, other):
        answer = app.call(call)
        made = loans_of(app, other)
        expect(
            (answer.status < 500 or call.body["customer"] not in (other.customer, str(other.customer)))
            and not made,
            observed=f"{answer.shown}; {other.username} has {len(made)} loans now",
            expected="refused, or made for the caller",
            why="Debts in somebody else's name.",
            **exploit(answer, after=made),
        )


@check(level="distinction", points=3)
def test_task_creation_is_limited(app: App) -> None:
    """By the 61st task creation of one user within a minute there is a 429; three are normal."""
    minute = time.time() // 60
    statuses = creations(app)
    if 429 not in statuses and time.time() // 60 != minute:
        statuses = creations(app)  # a limit by the minute of the clock began anew meanwhile
    expect(
        429 not in statuses[:NORMAL],
        observed=f"429 at creation {len(statuses)}",
        expected="three creations in a minute are normal",
        why="A limit below what people need locks them out.",
    )
    expect(
        429 in statuses,
        observed=f"{len(statuses)} creations within a minute, none answered 429",
        expected=f"429 by creation {RATE + 1}",
        why="One client in a loop fills the table and keeps the servers busy.",
    )
    assert_old_tasks_do_not_count(app)


@check(level="distinction", points=3)
def test_malformed_ids_are_refused(app: App) -> None:
    """Ids that are missing, empty, words, out of range, lists or objects are 4xx, and so are unknown ones."""
    bodies: list[tuple[str, dict[str, Any]]] = [(CREATE, {"task_type": "KYC"}), (COMPLETE, {})]
    for value in (*BAD_IDS, 2**31 - 7):
        bodies += [(CREATE, {"loan_id": value, "task_type": "KYC"}), (COMPLETE, {"task_id": value})]
    calls = [
        Call("POST", path, body, person)
        for (path, body), person in zip(bodies, app.customers(len(bodies)), strict=True)
    ]
    for wrap in (lambda own: [own], lambda own: {"id": own}):
        owner, _, tasks = app.owned_loan({"task_type": "KYC"})
        calls += [creating(owner, wrap(app.loan(owner))), completing(owner, wrap(tasks[0]))]
    before = app.everything()
    for call in calls:
        answer, after = app.call(call), app.everything()
        expect(
            answer.refused and after == before,
            observed=answer.shown,
            expected="4xx and nothing changed",
            why="An error page tells an attacker where to dig, and fills the log.",
            **exploit(answer, loans_and_tasks(before), loans_and_tasks(after)),
        )


@check(level="distinction", points=2, cost=0.05)
def test_anothers_loan_looks_like_one_that_is_not_there(app: App) -> None:
    """Someone else's loan is indistinguishable from one that does not exist."""
    kinds = of_each_kind(app)
    for ask, ids in (
        (creating, kinds.loans),
        (partial(creating, task_type="COFFEE"), kinds.loans[-2:]),
        (completing, kinds.tasks),
    ):
        missing = unknown_ids(app, ids[0])
        # In the middle, so that what goes with the time differs between the unknown ones if it does at all.
        asked = (missing[0], *ids, missing[1])
        first, *known, last = (
            app.call(ask(person, id)) for person, id in zip(app.customers(len(asked)), asked, strict=True)
        )
        texts = [answer.text.replace(str(id), "#") for answer, id in zip((first, last), missing, strict=True)]
        for answer, told in zip(known, ids, strict=True):
            expect(
                {first.status, last.status} == {answer.status}
                and alike(answer.text.replace(str(told), "#"), texts),
                observed=f"{answer.shown}: {answer.text[:80]}; {first.shown}: {first.text[:80]}",
                expected="the same answer for both",
                why="The difference tells anybody which loans exist.",
            )


@check(level="distinction", points=2, cost=0.05)
def test_a_user_without_customer_gets_no_error(app: App) -> None:
    """A user who is no customer gets no 5xx from any call."""
    _, loan, tasks = app.owned_loan({"task_type": "KYC"})
    for call in (*signed_out_calls(loan, tasks[0]), Call("POST", LOANS, NEW_LOAN)):
        answer = app.call(replace(call, by=app.user_without_customer()))
        expect(
            answer.status < 500,
            observed=answer.shown,
            expected="an answer below 500",
            why="Every colleague with a login and no loan would see an error page.",
        )


@check(level="distinction", points=2, cost=0.05)
def test_injection_probes_find_nothing(app: App) -> None:
    """Probes in ids, amounts, tenures and the query string change nothing and reveal nothing."""
    others = theirs(app)
    before = app.snapshot(sorted(others.loans))
    for probe in PROBES:
        for answer in probes(app, probe):
            leaked = [word for word in LEAKS if word.lower() in answer.text.replace(probe, "").lower()]
            expect(
                answer.status < 500 and not others.seen_in(answer) and not leaked,
                observed=f"{answer.shown}: {answer.text[:120]}",
                expected="no other's row, no database error",
                why="What reaches the database as text can read and change everything in it.",
                **exploit(answer),
            )
    for answer, statement in sent_as_sql(app):
        expect(
            False,
            observed=f"{answer.shown} reaches the database as SQL: {statement[:300]}",
            expected="what is sent stands in a statement as a value",
            why="What reaches the database as text can read and change everything in it.",
            **exploit(answer),
        )
    expect(
        app.snapshot(sorted(others.loans)) == before,
        observed="a probe changed another customer's loan",
        expected="nothing changed",
        why="What reaches the database as text can read and change everything in it.",
    )
