"""All of it or none of it: each write and COMMIT of a call fails in turn, by an error or a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.app import App
from grader.calls import Answer, Call, Person
from grader.checking import expect
from grader.database.tenant import Row
from grader.wire.sql import Kind
from grader.wire.unit import Failure, Unit
from grader.workers.worker import SubmissionError, WorkerLost

MOST_WRITES = 20
ERRORS, CRASHES = (False,), (True,)  # the kinds of faults; see assert_all_or_nothing


def assert_all_or_nothing(
    app: App, make: Callable[[], tuple[Person, int, Any]], kinds: tuple[bool, ...] = ERRORS + CRASHES
) -> None:
    """Fail each write and COMMIT of a call in turn. `make` gives who calls, the loan, and the call.

    `kinds`: by ERRORS, by CRASHES, or by both.

    None of it means that the call can be made again: a lock or a flag that was left behind is some of it.
    """
    _, loan, call = make()
    app.must(app.call(call))
    done, locks = _outline(app, loan), _locks(app)
    for crash in kinds:
        for place in range(MOST_WRITES):
            _, loan, call = make()
            before = _outline(app, loan)
            answer, hit = _call_with_fault(app, call, place, crash=crash)
            if hit is None:
                break
            fault = f"{'a crash' if crash else 'an error'} at `{hit.shown[:90]}`"
            after = _outline(app, loan)
            expect(
                after in (before, done),
                observed=f"{fault} left {after}; before it was {before}, and a whole call gives {done}",
                expected="all of it or none of it",
                why="Servers stop and disks fill up in the middle; nobody can mend half a step later.",
                statement=hit.shown,
                answer=answer.shown,
            )
            if after == before:
                # Who has kept a lock may come again; for anybody else the loan is shut.
                by = "B" if _locks(app) - locks else "A"
                _assert_repeatable(app, call, loan, done, fault, by)


def _locks(app: App) -> set[tuple[Any, ...]]:
    """The locks that the app's sessions hold between two calls."""
    app.rig.wire.settle()
    return app.inspector.locks_kept()


def _assert_repeatable(app: App, call: Call, loan: int, done: str, fault: str, by: str) -> None:
    again = app.call(call, on=by)
    after = _outline(app, loan)
    expect(
        again.accepted and after == done,
        observed=f"after {fault} the same call made again{' by another process' * (by == 'B')} is "
        f"{again.shown.rpartition('→ ')[2]} and leaves {after}",
        expected="all of it or none of it, so that the call can be made again",
        why="A loan that stays locked after a crash waits for somebody to mend it by hand.",
        answer=again.shown,
    )


def _outline(app: App, loan: int) -> str:
    row, tasks = app.loan_row(loan), app.task_rows(loan)
    states = ", ".join(f"{task['task_type']} {_state(task)}" for task in tasks)
    pointer = "set" if row["current_task_id"] else "null"
    return f"{row['status']}, pointer {pointer}, tasks: {states or 'none'}"


def _state(task: Row) -> str:
    timed = (
        "" if task["is_completed"] == (task["completed_at"] is not None) else " (completed_at does not fit)"
    )
    return ("completed" if task["is_completed"] else "open") + timed


def _call_with_fault(app: App, call: Call, place: int, *, crash: bool) -> tuple[Answer, Unit | None]:
    """Make a call whose write number `place` fails; the statement that was hit, or None."""
    seen: list[Unit] = []
    hit: list[Unit] = []
    wire = app.rig.wire

    def gate(unit: Unit) -> bool:
        statement = unit.statement
        tables = statement.words & app.tables
        of_the_session = bool(tables) and tables <= {"django_session", "auth_user"}
        matters = statement.kind is Kind.COMMIT or app.catalogue.may_write(statement)
        if not matters or of_the_session or hit:
            return True
        seen.append(unit)
        if len(seen) <= place:
            return True
        hit.append(unit)
        if crash:
            worker.kill_child()
            return False
        unit.failure = Failure()
        return True

    app.prepare(call, on="A")
    worker = app.rig.worker("A")
    wire.gate = gate
    try:
        answer = app.answer(call, worker.ask("go_in_child" if crash else "go"))
    except (SubmissionError, WorkerLost) as error:
        answer = Answer(call, 599, "", error=str(error))
    finally:
        wire.gate = lambda unit: True
    return answer, hit[0] if hit else None
