"""Two creates that are inside the same write at once, forced from the database's side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, LiteralString

from psycopg import sql

from grader.app import App
from grader.checking import CheckFailed, expect
from grader.database.inspector import Inspector
from grader.races.creates import ONE_WINNER, creates, one_winner
from grader.races.scene import WHY_RACE, Scene, in_turn, outcome, run
from grader.scheduling.stage import Stage
from grader.wire.sql import Kind
from grader.workers.worker import WorkerLost

GATE_KEY = 727_001  # an advisory lock that only the grader and its trigger use

# Where two calls meet inside their INSERT: before the row is there, and when all else that the statement (or
# the transaction that it is) does is done: a look from within the statement sees nothing of the other's.
# PostgreSQL fires triggers in the order of their names; no name comes after the last code point.
GATES: dict[str, LiteralString] = {
    "inside their INSERT": "CREATE TRIGGER grader_gate BEFORE INSERT ON loans_taskexecution"
    " FOR EACH ROW EXECUTE FUNCTION grader_gate()",
    "at the end of their INSERT": 'CREATE CONSTRAINT TRIGGER "\U0010ffff" AFTER INSERT ON loans_taskexecution'
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grader_gate()",
}


# A write in a transaction of its own holds its row up to a COMMIT that is no statement.
CLAIM_GATE: LiteralString = (
    "CREATE TRIGGER grader_gate BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION grader_gate()"
)
NO_CLAIMS = {"loans_taskexecution", "loans_customer", "auth_user", "django_session"}


def assert_one_winner_inside_claims(app: App) -> None:
    """Both are inside a write elsewhere that is a transaction of its own, then go on by turns."""
    alone = run(app, creates(app, ("KYC", "KYC"))(), in_turn("A")).trace.steps
    mine = [step for step in alone if step.entity[0] == "A" and step.footprint.publishes]
    claims = [step.unit.statement for step in mine if step.unit.statement.kind is Kind.WRITE]
    tables = {table for claim in claims for table in claim.words & app.tables} - NO_CLAIMS
    for table in sorted(tables):
        trigger = sql.SQL(CLAIM_GATE).format(sql.Identifier(table))
        _assert_one_winner_at(app, ("KYC", "KYC"), f"inside a write to {table}", trigger, _by_turns)


def assert_one_winner_inside_insert(app: App, types: tuple[str, str], where: str, *, last: str = "B") -> None:
    """Both are held at one of the GATES at once, A first, from the database's side; then `last` goes on last.

    An INSERT waits for the common gate, then for the one of its own backend, which is shut for `last` only.
    What that one does after its wait is held until the other is done, so that it is the same each time.
    """
    _assert_one_winner_at(app, types, where, GATES[where], partial(_one_after_the_other, last=last))


def _assert_one_winner_at(
    app: App,
    types: tuple[str, str],
    where: str,
    trigger: LiteralString | sql.Composed,
    go_on: Callable[[App, Stage, Callable[[], None]], None],
) -> None:
    scene = creates(app, types)()
    try:
        with _gate(app.inspector, trigger):
            said = _meet_at_the_gate(app, scene, go_on)
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
def _gate(inspector: Inspector, trigger: LiteralString | sql.Composed) -> Iterator[None]:
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


def _meet_at_the_gate(
    app: App, scene: Scene, go_on: Callable[[App, Stage, Callable[[], None]], None]
) -> dict[str, dict[str, Any]]:
    """Both calls up to the shut gate or to a wait for the other, then on; what each answered in the end."""
    inspector, stage = app.inspector, app.stage
    app.prepare(scene.first, on="A")
    app.prepare(scene.second, on="B")
    inspector.execute(f"SELECT pg_advisory_lock({GATE_KEY}, 0)")
    try:
        stage.send("A")
        stage.send("B")
        go_on(app, stage, lambda: inspector.execute(f"SELECT pg_advisory_unlock({GATE_KEY}, 0)"))
    finally:
        inspector.execute("SELECT pg_advisory_unlock_all()")
    return stage.collect()


def _one_after_the_other(app: App, stage: Stage, open_gate: Callable[[], None], *, last: str) -> None:
    for backend in stage.blocked(last):
        app.inspector.execute("SELECT pg_advisory_lock(%s, %s)", [GATE_KEY, backend])
    with stage.holding(last):
        open_gate()
        stage.settle()


def _by_turns(app: App, stage: Stage, open_gate: Callable[[], None]) -> None:
    with stage.holding("A", "B"):
        open_gate()
        stage.take_turns()
