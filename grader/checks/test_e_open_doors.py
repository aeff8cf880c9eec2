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
    claims_by_name,
    loans_of,
    own_call,
    peeks,
    probes,
    protected_fields,
    signed_out_calls,
    trespasses,
)
from grader.doors.exploit import exploit, loans_and_tasks
from grader.doors.inputs import (
    BAD_AMOUNTS,
    BAD_IDS,
    BAD_TENURES,
    IDENTITIES,
    LEAKS,
    MISSING,
    NEW_LOAN,
    PROBES,
)
from grader.doors.limit import NORMAL, RATE, creations


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
    claims = [tuple((name, value) for name in IDENTITIES) for value in (str(owner.user), owner.username)]
    calls = signed_out_calls(free, tasks[0])
    calls += [replace(call, headers=claim) for claim in claims for call in (calls[0], calls[2])]
    calls += [replace(calls[0], headers=(one,)) for claim in claims for one in claim]
    claims_of_its_own = claims_by_name(app, owner, calls[0])
    before = app.everything()
    for call in (*calls, *claims_of_its_own):
        answer = app.call(call)
        # A claim that makes no sense to the app may be refused for that.
        shut = answer.refused if call in claims_of_its_own else answer.status in (401, 403)
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
    other, new, _ = app.owned_loan()
    theirs = {new, app.loan_with(other, {"task_type": "KYC"})[0]}
    owner, mine, _ = app.owned_loan()
    calls = peeks(app, owner, other, new)
    for call in calls:
        answer = app.call(call)
        if answer.status == 429:  # a limit on calls must not hide what is asked for
            owner, mine, _ = app.owned_loan()
            answer = app.call(replace(call, by=owner))
        ids = [loan.get("id") for loan in answer.loans]
        expect(
            not any(loan in ids for loan in theirs)
            and answer.status != 429
            and (mine in ids or call is not calls[0]),
            observed=f"{answer.shown} holds loans {ids[:5]}; {sorted(theirs)} belong to {other.username}",
            expected="only the caller's loans",
            why="Amounts, names and states of other people's loans are nobody's business.",
            **exploit(answer),
        )


@check(level="pass", points=15)
def test_nobody_touches_anothers_loan(app: App) -> None:
    """Creating or completing a task on someone else's loan is refused and changes nothing."""
    for call, owner in trespasses(app):
        before = app.everything()
        answer, after = app.call(call), app.everything()
        expect(
            answer.status in (400, 403, 404) and after == before,
            observed=f"{answer.shown} on a loan of {owner.username}"
            + (", and rows changed" if after != before else ""),
            expected="400, 403 or 404, and nothing changed",
            why="Any customer could move any other customer's loan.",
            **exploit(answer, loans_and_tasks(before), loans_and_tasks(after)),
        )


@check(level="pass", points=5, cost=0.2)
def test_naming_two_loans_touches_ones_own_alone(app: App) -> None:
    """A call on one's own loan that names another's as well, in whatever key, changes nothing of theirs."""
    other, theirs, their_tasks = app.owned_loan({"task_type": "KYC"})
    before = [*app.snapshot([theirs]), *loans_of(app, other)]
    for which in ("create", "complete", "loan"):
        own = {*app.names(own_call(app, which), "body")}
        usual = {"loan", "loan_pk", "id", "pk", "loanId", "loan_id"}
        for value in (theirs, their_tasks[0]):
            # All at once, and the app's own one by one: where one makes no sense, another may be taken.
            for names in ({*own, *usual}, *({name} for name in sorted(own))):
                call = own_call(app, which)
                more = dict.fromkeys(sorted(names - {*call.body}), value)
                answer = app.call(replace(call, body={**call.body, **more}))
                after = [*app.snapshot([theirs]), *loans_of(app, other)]
                expect(
                    after == before,
                    observed=f"{answer.shown} changed loan {theirs} of {other.username}",
                    expected="nothing of anybody else's is changed",
                    why="An owner checked by one key, and a loan taken by another, is no check.",
                    **exploit(answer, before, after),
                )


@check(level="pass", points=10, cost=0.05)
def test_protected_fields_can_not_be_set(app: App) -> None:
    """status, current_task and created_at sent with a new loan have no effect."""
    now = app.inspector.rows("SELECT now() AS now")[0]["now"]
    names = app.names(Call("POST", LOANS, NEW_LOAN, app.customer()), "body")
    for extra in protected_fields(now, sorted({*names} - {*NEW_LOAN, "customer"})):
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
            (answer.status == 400 and not made) or (answer.accepted and len(made) == 1 and untouched),
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
    good = (("amount", "1000.00"), ("amount", "99999999.99"), ("tenure_months", 1), ("tenure_months", 360))
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
    names = app.names(Call("POST", LOANS, NEW_LOAN, app.customer()), "body")
    keys = sorted(
        {*names, "customer_id", "customer_pk", "user", "user_id", "owner"} - {*NEW_LOAN, "customer"}
    )
    for spelling in (int, str, None, lambda own: {"id": own}):
        owner, other = app.customers(2)
        if spelling:
            answer = app.create_loan(owner, customer=spelling(other.customer or 0))
        else:
            answer = app.create_loan(owner, **dict.fromkeys(keys, other.customer))
        theirs = loans_of(app, other)
        expect(
            (answer.status < 500 or spelling not in (int, str)) and not theirs,
            observed=f"{answer.shown}; {other.username} has {len(theirs)} loans now",
            expected="refused, or made for the caller",
            why="Debts in somebody else's name.",
            **exploit(answer, after=theirs),
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
    for call in calls:
        before = app.everything()
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
    for ask, kind in (
        (creating, "loan"),
        (partial(creating, task_type="COFFEE"), "loan"),
        (completing, "task"),
    ):
        _, loan, tasks = app.owned_loan({"task_type": "KYC"})
        told = loan if kind == "loan" else tasks[0]
        # In the middle, so that what goes with the time differs between the unknown ones if it does at all.
        asked = (MISSING[0], told, MISSING[1])
        before, known, after = (
            app.call(ask(person, identifier))
            for person, identifier in zip(app.customers(3), asked, strict=True)
        )
        unknown = (before, after)
        texts = [answer.text.replace(str(id), "#") for answer, id in zip(unknown, MISSING, strict=True)]
        same = alike(known.text.replace(str(told), "#"), texts)
        expect(
            {answer.status for answer in unknown} == {known.status} and same,
            observed=f"{known.shown}: {known.text[:80]}; {unknown[0].shown}: {unknown[0].text[:80]}",
            expected="the same answer for both",
            why="The difference tells anybody which loans exist.",
        )


@check(level="distinction", points=2, cost=0.05)
def test_a_user_without_customer_gets_no_error(app: App) -> None:
    """A user who is no customer gets no 5xx from any call."""
    _, loan, tasks = app.owned_loan({"task_type": "KYC"})
    for call in signed_out_calls(loan, tasks[0]):
        person = app.user_without_customer()
        answer = app.call(Call(call.method, call.path, call.body, person))
        expect(
            answer.status < 500,
            observed=answer.shown,
            expected="an answer below 500",
            why="Every colleague with a login and no loan would see an error page.",
        )


@check(level="distinction", points=2, cost=0.05)
def test_injection_probes_find_nothing(app: App) -> None:
    """Probes in ids, amounts, tenures and the query string change nothing and reveal nothing."""
    other = app.customer()
    theirs, _ = app.loan_with(other, {"task_type": "KYC"})
    for probe in PROBES:
        for answer in probes(app, probe):
            seen = [loan.get("id") for loan in answer.loans]
            leaked = [word for word in LEAKS if word.lower() in answer.text.replace(probe, "").lower()]
            expect(
                answer.status < 500 and theirs not in seen and not leaked,
                observed=f"{answer.shown}: {answer.text[:120]}",
                expected="no other's row, no database error",
                why="What reaches the database as text can read and change everything in it.",
                **exploit(answer),
            )
    expect(
        app.loan_row(theirs)["status"] == "IN_PROGRESS" and len(app.task_rows(theirs)) == 1,
        observed="a probe changed another customer's loan",
        expected="nothing changed",
        why="What reaches the database as text can read and change everything in it.",
    )
