"""Nobody gets in without signing in, and nobody gets at what is not theirs."""

import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from grader.alike import alike
from grader.app import App
from grader.calls import COMPLETE, CREATE, LOANS, TASK_TYPES, Answer, Call, Person, completing, creating
from grader.checking import CannotDrive, check, expect
from grader.database.tenant import Row

RATE = 60  # task creations that one user may need in a minute (contract, E)
BAD_AMOUNTS: tuple[Any, ...] = (
    "999.99", 999.99, 999, "500", 0, "0", "-5000", -1, -0.01, 10**12, "1e2",
    "NaN", "Infinity", "-Infinity", "12345678901.00", "100000000.00",
    "1000.001", "a lot", "", None, [], {}, "1e400",
)  # fmt: skip
BAD_TENURES: tuple[Any, ...] = (0, -1, 361, "0", "-1", "361", 1.5, "1.5", "a year", "", None, [], {}, 10**30)
BAD_IDS: tuple[Any, ...] = (
    None, "", "one", 0, -1, 2**63, 2**64 + 1, 10**40, [], [1], {}, {"id": 1}, "1 OR 1=1", "\0",
    " ", "1e3", "0x1", "None",
)  # fmt: skip
ID_FILTERS = ("customer", "customer_id", "customer__user", "user", "user_id", "owner", "id", "pk")
NAME_FILTERS = (
    "customer__user__username", "customer_name", "username", "user", "owner", "customer", "search", "q",
    "query",
)  # fmt: skip
FLAGS = ("filter", "scope", "all", "show_all", "admin", "include_all", "everyone")
IDENTITIES = (
    "X-User", "X-User-Id", "X-Username", "X-Customer", "X-Customer-Id", "X-Auth-User", "X-Forwarded-User",
    "X-Remote-User", "Remote-User", "User", "User-Id", "Username", "X-Authenticated-User",
)  # fmt: skip
NEW_LOAN: dict[str, Any] = {"amount": "50000.00", "tenure_months": 24}
MISSING = (2**31 - 11, 2**31 - 13)
PROBES = ("1' OR '1'='1", "1; DROP TABLE loans_loan; --", "1) OR (1=1", '" OR ""="', "' UNION SELECT 1 --")
PAGING = {"page", "page_size", "limit", "offset", "cursor", "size", "per_page"}
PROBED = ("ordering", "search", "customer", "status", "id")  # keys of a query string
PROBED_TOO = ("sort", "order", "order_by", "sort_by", "filter", "from", "to", "page", "limit")
COLUMNS = ("status", "task_type", "current_task", "phone", "amount", "created_at", "is_completed", "ids")
LEAKS = ("syntax error", "psycopg", "ProgrammingError", "DataError", "unterminated", "Traceback")


def signed_out_calls(loan: int, task: int) -> list[Call]:
    return [
        Call("GET", LOANS),
        Call("POST", LOANS, {"customer": 1, "amount": "50000.00", "tenure_months": 24}),
        Call("POST", CREATE, {"loan_id": loan, "task_type": "KYC"}),
        Call("POST", COMPLETE, {"task_id": task}),
    ]


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
        expect(
            shut and app.everything() == before,
            observed=answer.shown + ("" if app.everything() == before else ", and rows changed"),
            expected="401 or 403, and nothing changed",
            why="Whoever finds the address can read and change every customer's loans.",
            answer=answer.text[:500],
        )


def claims_by_name(app: App, somebody: Person, call: Call) -> list[Call]:
    """Anonymous calls that say to be somebody, by each name that the app looks for."""
    values = (str(somebody.user), somebody.username, str(somebody.customer), f"Bearer {somebody.user}")
    asking = (call, replace(call, by=app.customer()))
    headers = {"Authorization", *(name for one in asking for name in app.names(one, "headers"))}
    queries = sorted({name for one in asking for name in app.names(one, "query")})
    return [
        replace(
            call,
            path=f"{call.path}?{urlencode(dict.fromkeys(queries, value))}",
            headers=tuple((name, value) for name in sorted(headers)),
        )
        for value in values
    ]


@check(level="pass", points=15, cost=0.15)
def test_a_list_holds_only_the_callers_loans(app: App) -> None:
    """A customer's list holds only their own loans, whatever the query string."""
    other, new, _ = app.owned_loan()
    theirs = {new, app.loan_with(other, {"task_type": "KYC"})[0]}
    owner, mine, _ = app.owned_loan()
    call = Call("GET", LOANS, by=owner)
    names = tuple(name for name in app.names(call, "query") if name not in PAGING)
    asked = queries_for(other, new, names)
    claims = [
        tuple((name, value) for name in app.names(call, "headers"))
        for value in (str(other.user), other.username, str(other.customer))
    ]
    for query, headers in [
        *((query, ()) for query in ("", *asked)),
        *(("", claim) for claim in claims if claim),
    ]:
        answer = app.call(Call("GET", LOANS + query, by=owner, headers=headers))
        if answer.status == 429:  # a limit on calls must not hide what is asked for
            owner, mine, _ = app.owned_loan()
            answer = app.call(Call("GET", LOANS + query, by=owner, headers=headers))
        ids = [loan.get("id") for loan in answer.loans]
        expect(
            not any(loan in ids for loan in theirs)
            and answer.status != 429
            and (query or headers or mine in ids),
            observed=f"{answer.shown} holds loans {ids[:5]}; {sorted(theirs)} belong to {other.username}",
            expected="only the caller's loans",
            why="Amounts, names and states of other people's loans are nobody's business.",
            answer=answer.text[:500],
        )


def queries_for(other: Person, loan: int, names: tuple[str, ...]) -> list[str]:
    """Query strings that ask for somebody else's loans, or for everybody's; `names` are the app's own."""
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
    early, late = "2001-01-01", "2999-01-01"
    for pair in ((early, early), (early, late), (late, early), (late, late)):
        asked += [{name: pair[place % 2] for place, name in enumerate(names)}] if len(names) > 1 else []
    return [f"?{urlencode(words)}" for words in asked]


@check(level="pass", points=15)
def test_nobody_touches_anothers_loan(app: App) -> None:
    """Creating or completing a task on someone else's loan is refused and changes nothing."""
    for call, owner in trespasses(app):
        before = app.everything()
        answer = app.call(call)
        changed = app.everything() != before
        expect(
            answer.status in (400, 403, 404) and not changed,
            observed=f"{answer.shown} on a loan of {owner.username}"
            + (", and rows changed" if changed else ""),
            expected="400, 403 or 404, and nothing changed",
            why="Any customer could move any other customer's loan.",
        )


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


@check(level="pass", points=5)
def test_naming_two_loans_touches_ones_own_alone(app: App) -> None:
    """A call on one's own loan that names another's as well, in whatever key, changes nothing of theirs."""
    other, theirs, their_tasks = app.owned_loan({"task_type": "KYC"})
    before = [*app.snapshot([theirs]), len(loans_of(app, other))]
    for which in ("create", "complete", "loan"):
        own = {*app.names(own_call(app, which), "body")}
        usual = {"loan", "loan_pk", "id", "pk", "loanId", "loan_id"}
        for value in (theirs, their_tasks[0]):
            # All at once, and the app's own one by one: where one makes no sense, another may be taken.
            for names in ({*own, *usual}, *({name} for name in sorted(own))):
                call = own_call(app, which)
                more = dict.fromkeys(sorted(names - {*call.body}), value)
                answer = app.call(replace(call, body={**call.body, **more}))
                expect(
                    [*app.snapshot([theirs]), len(loans_of(app, other))] == before,
                    observed=f"{answer.shown} changed loan {theirs} of {other.username}",
                    expected="nothing of anybody else's is changed",
                    why="An owner checked by one key, and a loan taken by another, is no check.",
                )


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
        )  # fmt: skip


def protected_fields(now: datetime, names: list[str]) -> list[dict[str, Any]]:
    """What is sent with a new loan, by the fields' own names and by each other that the app looks for."""
    old = "2001-01-01T00:00:00Z"
    times = [old, (now - timedelta(days=1)).isoformat(), (now + timedelta(days=1)).isoformat()]
    tried: list[dict[str, Any]] = [{"status": status} for status in ("IN_PROGRESS", "COMPLETED", "REJECTED")]
    tried += [{"created_at": time} for time in times]
    tried += [{key: "(a task)"} for key in ("current_task", "current_task_id")]
    tried += [{"status": "COMPLETED", "current_task": "(a task)", "created_at": old}]
    return tried + [{name: value} for name in names for value in ("COMPLETED", "(a task)", times[1])]


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
        )


@check(level="distinction", points=3)
def test_task_creation_is_limited(app: App) -> None:
    """By the 61st task creation of one user within a minute there is a 429; three are normal."""
    minute = time.time() // 60
    statuses = creations(app)
    if 429 not in statuses and time.time() // 60 != minute:
        statuses = creations(app)  # a limit by the minute of the clock began anew meanwhile
    expect(
        429 not in statuses[:3],
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


def creations(app: App) -> list[int]:
    """The answers to one person's task creations, up to the first refusal for their number."""
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
            advise_on_limit(app, answer, creating(owner, spare))
            break
    return statuses


def assert_no_way_around(app: App, another: Call) -> None:
    """Nothing that the app looks for in a request lifts the limit."""
    headers = tuple((name, "1") for name in app.names(another, "headers"))
    query = "?" + urlencode(dict.fromkeys(app.names(another, "query"), "1"))
    more = dict.fromkeys({*app.names(another, "body")} - {*another.body}, True)
    for call in (
        replace(another, headers=headers),
        replace(another, path=another.path + query),
        replace(another, body={**another.body, **more}),
    ):
        answer = app.call(call) if call not in (another, replace(another, path=another.path + "?")) else None
        expect(
            answer is None or not answer.accepted,
            observed=f"{answer.shown if answer else ''} after a 429",
            expected="429: what a caller may write does not lift the limit",
            why="One client in a loop fills the table and keeps the servers busy.",
        )


def advise_on_limit(app: App, refusal: Answer, another: Call) -> None:
    """What a limit that works is still not good for."""
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
        answer = app.call(call)
        expect(
            answer.refused and app.everything() == before,
            observed=answer.shown,
            expected="4xx and nothing changed",
            why="An error page tells an attacker where to dig, and fills the log.",
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
            )
    expect(
        app.loan_row(theirs)["status"] == "IN_PROGRESS" and len(app.task_rows(theirs)) == 1,
        observed="a probe changed another customer's loan",
        expected="nothing changed",
        why="What reaches the database as text can read and change everything in it.",
    )


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
