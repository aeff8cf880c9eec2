"""Two creates at once: on one loan exactly one may win; on two loans neither waits for the other."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, LiteralString

from grader.app import App
from grader.calls import Person, creating
from grader.checking import CheckFailed, expect
from grader.database.tenant import Inspector
from grader.races.orders import Demand, assert_every_order
from grader.races.scene import WHY_RACE, Result, Scene, SceneMaker, in_turn, outcome, run
from grader.scheduling.footprint import Footprint
from grader.scheduling.stage import Arrival, Choice, Stage, Step, Waiting
from grader.workers.worker import WorkerLost

SLOW = 1.5  # seconds that the first call holds what it holds (contract, B)
FAR = 2**8 * 3**2 * 5**3 * 7 * 11 * 13  # between two ids: a lock by an id's remainder is one lock for both
GATE_KEY = 727_001  # an advisory lock that only the grader and its trigger use
REFUSALS = {400, 409, 422, 423}
ONE_WINNER = "one accepted, the other refused (400, 409, 422 or 423); one open task, and the pointer on it"


def one_winner(result: Result) -> str:
    """What is wrong with the outcome of two creates on one loan, or ""."""
    if any(answer.status >= 500 for answer in result.answers):
        return "a call answered 5xx"
    accepted = [answer for answer in result.answers if answer.accepted]
    refused = [answer for answer in result.answers if answer.status in REFUSALS]
    if len(accepted) == 1 and len(refused) != 1:
        return "the second create was neither accepted nor refused as a broken rule"
    if len(accepted) != 1:
        count = {0: "both creates were refused", 2: "both creates were accepted"}[len(accepted)]
        return f"{count}, {len(result.open_tasks)} open tasks"
    if len(result.open_tasks) != 1:
        return f"{len(result.open_tasks)} open tasks"
    if len(result.tasks) != result.scene.tasks + 1:
        return f"{len(result.tasks)} tasks, where there were {result.scene.tasks} before"
    loan = result.loans[0]
    if loan["current_task_id"] != result.open_tasks[0]["id"]:
        return "current_task is not the open task"
    return "" if loan["status"] == "IN_PROGRESS" else f"the loan is {loan['status']}"


def creates(
    app: App, types: tuple[str, str], *, earlier: bool = False, two_callers: bool = False
) -> SceneMaker:
    """Two creates on one loan: a new one, or one with an earlier completed task.

    `two_callers`: the second is somebody else's, where the submission lets somebody else create on
    the loan at all; a lock on the caller's own row protects nothing then.
    """
    second_caller = _second_caller(app) if two_callers else None
    pointer = _pointer_after_a_complete(app) if earlier else ""
    # One loan, sent once as a number and once as text, where that is taken: a lock on what was sent is two.
    spelled = str if earlier and _takes_text(app) else int

    def make() -> Scene:
        tasks = [{"task_type": "KYC", "completed": True, "pointer": pointer}] if earlier else []
        owner, loan, _ = app.owned_loan(*tasks)
        other = second_caller() if second_caller else owner
        first, second = creating(owner, loan, types[0]), creating(other, spelled(loan), types[1])
        return Scene(first, second, (loan,), len(tasks))

    return make


def _second_caller(app: App) -> Callable[[], Person] | None:
    """Who else may create a task on a customer's loan: another customer, staff, or None."""
    for staff in (False, True):
        if app.create_task(app.customer(staff=staff), app.owned_loan()[1]).accepted:
            return partial(app.customer, staff=staff)
    return None


def _pointer_after_a_complete(app: App) -> str:
    """Where the submission's own complete leaves the pointer: null, or set, on the completed task."""
    owner, loan, tasks = app.owned_loan({"task_type": "KYC"})
    app.complete_task(owner, tasks[0])
    return "set" if app.loan_row(loan)["current_task_id"] == tasks[0] else "null"


def _takes_text(app: App) -> bool:
    """Whether a loan's id may be sent as text."""
    owner, loan, _ = app.owned_loan()
    return app.call(creating(owner, str(loan))).accepted


def assert_one_winner(app: App, name: str, make: SceneMaker) -> None:
    """Two creates on one loan, in every order, have one winner."""
    assert_every_order(app, name, make, Demand(one_winner, ONE_WINNER, WHY_RACE))


# Where two calls meet inside their INSERT: before the row is there, and when all else that the statement (or
# the transaction that it is) does is done: a look from within the statement sees nothing of the other's.
# PostgreSQL fires triggers in the order of their names; no name comes after the last code point.
GATES: dict[str, LiteralString] = {
    "inside their INSERT": "CREATE TRIGGER grader_gate BEFORE INSERT ON loans_taskexecution"
    " FOR EACH ROW EXECUTE FUNCTION grader_gate()",
    "at the end of their INSERT": 'CREATE CONSTRAINT TRIGGER "\U0010ffff" AFTER INSERT ON loans_taskexecution'
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grader_gate()",
}


def assert_one_winner_inside_insert(app: App, types: tuple[str, str], where: str, *, last: str = "B") -> None:
    """Both are held at one of the GATES at once, A first, from the database's side; then `last` goes on last.

    An INSERT waits for the common gate, then for the one of its own backend, which is shut for `last` only.
    What that one does after its wait is held until the other is done, so that it is the same each time.
    """
    scene = creates(app, types)()
    try:
        with _gate(app.inspector, GATES[where]):
            said = _meet_at_the_gate(app, scene, last)
    except WorkerLost as error:
        raise CheckFailed(str(error), ONE_WINNER, WHY_RACE) from error
    result = outcome(app, scene, said)
    problem = one_winner(result)
    expect(
        not problem,
        observed=f"{problem} while both were {where}: {result.shown}",
        expected=ONE_WINNER,
        why=WHY_RACE,
        **result.evidence(),
    )


@contextmanager
def _gate(inspector: Inspector, trigger: LiteralString) -> Iterator[None]:
    inspector.execute(
        "CREATE FUNCTION grader_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" PERFORM pg_advisory_xact_lock_shared({GATE_KEY}, 0);"
        f" PERFORM pg_advisory_xact_lock_shared({GATE_KEY}, pg_backend_pid());"
        " RETURN NEW; END $$"
    )
    inspector.execute(trigger)
    try:
        yield
    finally:
        inspector.execute("DROP FUNCTION grader_gate() CASCADE")


def _meet_at_the_gate(app: App, scene: Scene, last: str) -> dict[str, dict[str, Any]]:
    """Both calls up to the shut gate or to a wait for the other; what each answered in the end."""
    inspector, stage = app.inspector, app.stage
    app.prepare(scene.first, on="A")
    app.prepare(scene.second, on="B")
    inspector.execute(f"SELECT pg_advisory_lock({GATE_KEY}, 0)")
    try:
        stage.send("A")
        stage.send("B")
        for backend in stage.blocked(last):
            inspector.execute("SELECT pg_advisory_lock(%s, %s)", [GATE_KEY, backend])
        with stage.holding(last):
            inspector.execute(f"SELECT pg_advisory_unlock({GATE_KEY}, 0)")
            stage.settle()
    finally:
        inspector.execute("SELECT pg_advisory_unlock_all()")
    return stage.collect()


def assert_one_winner_when_slow(app: App) -> None:
    """The first create holds what it holds for a while before each of its writes and COMMITs in turn.

    The second is there already, and waits; or, where the first has shown something before, comes late: what
    was shown, a claim with a time on it say, must protect for that long.
    """
    make = creates(app, ("KYC", "CREDIT_CHECK"))
    alone = run(app, make(), in_turn("A")).trace.steps
    places = sum(step.entity[0] == "A" and bool(step.footprint.publishes) for step in alone)
    for place in range(places):
        scene, stage = make(), app.stage
        _assert_slow_one_wins(run(app, scene, _slow_at(place, stage), stage))
    for place in _after_it_showed_something(alone):
        _assert_slow_one_wins(run(app, make(), in_turn("B"), arrival=_late_at(place)))


def _after_it_showed_something(steps: list[Step]) -> list[int]:
    """The places of the first call's further writes and COMMITs, once others can see what it did."""
    mine = [step.footprint for step in steps if step.entity[0] == "A"]
    shown = next((place for place, footprint in enumerate(mine) if footprint.publishes), len(mine))
    return [n for n, footprint in enumerate(mine) if n > shown and _writes(footprint)]


def _assert_slow_one_wins(result: Result) -> None:
    problem = one_winner(result)
    expect(
        not problem,
        observed=f"{problem}: {result.shown}, the first slow for {SLOW} s",
        expected=ONE_WINNER,
        why="A wait that ends in an error page is no protection that a customer can live with.",
        **result.evidence(),
    )


def _slow_at(place: int, stage: Stage) -> Choice:
    """A is slow before its publishing statement number `place`, where B waits for it."""
    left = place

    def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
        nonlocal left
        mine = [name for name in enabled if name[0] == "A"]
        others = [name for name in enabled if name[0] == "B"]
        if not mine:
            return min(others)
        if enabled[mine[0]].publishes:
            if left == 0 and others:
                return min(others)
            if left == 0 and stage.states["B"] in (Waiting.BLOCKED, Waiting.OUTSIDE):
                time.sleep(SLOW)
            left -= 1
        return min(mine)

    return choose


def _late_at(place: int) -> Arrival:
    """A is slow before its statement number `place`, and B comes at the end of that."""
    places = itertools.count()

    def arrives(enabled: dict[str, Footprint]) -> bool:
        if next(places) != place:
            return False
        time.sleep(SLOW)
        return True

    return arrives


def assert_no_waiting(app: App, *, same_customer: bool) -> None:
    """Creates on two loans do not wait for each other: B runs to its end inside A, wherever A has got to."""
    whose = "one customer" if same_customer else "two customers"
    place = places = 0
    while place <= places:
        owner, loan, _ = app.owned_loan()
        if same_customer:
            other, other_loan = owner, app.loan(owner)
        else:
            other, other_loan, _ = app.owned_loan(id=loan + FAR)
        scene = Scene(creating(owner, loan), creating(other, other_loan), (loan, other_loan))
        result = run(app, scene, _inside("A", place))
        expect(
            all(answer.accepted for answer in result.answers),
            observed=f"{result.shown}, on two loans of {whose}",
            expected="both accepted",
            why="Loans have nothing to do with each other.",
            **result.evidence(),
        )
        expect(
            "B" not in result.trace.waited,
            observed=f"a create on one loan of {whose} waits for a create on another loan",
            expected="creates on different loans do not wait for each other",
            why="One lock for all makes every customer wait for the slowest.",
            **result.evidence(),
        )
        places = sum(s.entity[0] == "A" and _writes(s.footprint) for s in result.trace.steps) - 1
        place += 1


def _inside(outer: str, place: int) -> Choice:
    """`outer` goes up to its lock, write or COMMIT number `place`; there the other runs."""
    left = place

    def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
        nonlocal left
        mine = [name for name in enabled if name[0] == outer]
        others = [name for name in enabled if name[0] != outer]
        if not mine:
            return min(others)
        if _writes(enabled[mine[0]]):
            if left == 0 and others:
                return min(others)
            left -= 1
        return min(mine)

    return choose


def _writes(footprint: Footprint) -> bool:
    return bool(footprint.writes | footprint.publishes)
