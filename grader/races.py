"""Races, faults and their judging: scenes of two calls, run in every order that can make a difference."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from grader.app import Answer, App, Call, Person, completing, creating
from grader.checking import CannotDrive, CheckFailed, expect
from grader.database.tenant import Row
from grader.scheduling.explore import Exploration, explore
from grader.scheduling.footprint import Footprint
from grader.scheduling.stage import Choice, Stage, Trace, Waiting
from grader.wire.sql import Kind
from grader.wire.unit import Failure, Unit
from grader.workers.worker import SubmissionError, WorkerLost

MOST_SCHEDULES = 100  # of one scene; a correct fix needs some 5 to 20
SLOW = 1.5  # seconds that the first call holds what it holds (contract, B)
GATE_KEY = 727_001  # an advisory lock that only the grader and its trigger use
WHY_RACE = (
    "Two requests that arrive together both see a free loan, so both start a task; under load this "
    "happens every day, and only then."
)
REFUSALS = {400, 409, 422, 423}


@dataclass(frozen=True)
class Scene:
    """Two calls that are made at once, and the loans that they are about."""

    first: Call
    second: Call
    loans: tuple[int, ...]


@dataclass(frozen=True)
class Result:
    """One run of a scene: the two answers, the rows at the end, and how it went."""

    scene: Scene
    trace: Trace
    first: Answer
    second: Answer
    loans: list[Row]
    tasks: list[Row]

    @property
    def open_tasks(self) -> list[Row]:
        return [task for task in self.tasks if not task["is_completed"]]

    @property
    def answers(self) -> tuple[Answer, Answer]:
        return self.first, self.second

    def evidence(self) -> dict[str, Any]:
        """The schedule as data: who did what when, the answers, the rows at the end."""
        return {
            "schedule": [
                {
                    "worker": step.unit.worker,
                    "connection": step.entity,
                    "statement": step.unit.shown[:300],
                    "outcome": step.unit.outcome,
                    "blocked": list(step.blocked),
                }
                for step in self.trace.steps
            ],
            "answers": {"A": self.first.shown, "B": self.second.shown},
            "rows": {"loans": self.loans, "tasks": self.tasks},
        }


Judge = Callable[[Result], str]
SceneMaker = Callable[[], Scene]


def in_turn(first: str) -> Choice:
    """One call to its end, then the other; the other goes on where the first must wait."""

    def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
        return min(enabled, key=lambda name: (name[0] != first, name))

    return choose


def run(app: App, scene: Scene, choose: Choice, stage: Stage | None = None) -> Result:
    """Run a scene in one order. Raises CheckFailed where it does not end, and CannotDrive."""
    try:
        stage = stage or app.stage
        app.prepare(scene.first, on="A")
        app.prepare(scene.second, on="B")
        trace = stage.run(choose)
    except WorkerLost as error:
        raise CheckFailed(
            f"a call did not come to an end: {error}",
            "both calls are answered",
            "A request that hangs takes a server process with it.",
        ) from error
    except SubmissionError as error:
        raise CannotDrive(str(error)) from error
    return Result(
        scene,
        trace,
        app.answer(scene.first, trace.answers["A"]),
        app.answer(scene.second, trace.answers["B"]),
        [app.loan_row(loan) for loan in scene.loans],
        app.task_rows(*scene.loans),
    )


def assert_every_order(
    app: App, make: SceneMaker, judge: Judge, *, expected: str, why: str, known_as: str = ""
) -> None:
    """No order of the two calls' statements has an outcome that `judge` finds wrong.

    `judge` returns what is wrong, or "". Few switches are tried first, so that the failing schedule
    that is shown is a short one; how much was explored is noted on the app. Two checks that judge the
    same scene, `known_as` the same, run it once.
    """
    exploration, results = Exploration(), list[Result]()
    if known_as in app.rig.explored:
        exploration, results = app.rig.explored[known_as]
        runs: Iterable[Result] = results
    else:
        runs = _run_every_order(app, make, exploration, results)
    for result in runs:
        problem = "a call retried without end" if result.trace.endless else judge(result)
        if problem:
            seen = f"{problem}: {result.first.shown}; {result.second.shown}"
            raise CheckFailed(seen, expected, why, result.evidence())
    if known_as:
        app.rig.explored[known_as] = exploration, results
    amount = "all" if exploration.complete else "the first"
    app.notes.append(f"explored {amount} {exploration.explored} orders")


def _run_every_order(
    app: App, make: SceneMaker, exploration: Exploration, results: list[Result]
) -> Iterator[Result]:
    """Run a scene in each order, and keep the results."""

    def run_one(choose: Choice) -> Trace:
        results.append(run(app, make(), choose))
        return results[-1].trace

    for _ in explore(run_one, MOST_SCHEDULES, exploration):
        yield results[-1]


# ---- two creates


def create_scene(app: App, types: tuple[str, str], *, earlier: bool, two_callers: bool = False) -> SceneMaker:
    """Two creates on one loan: a new one, or one with an earlier completed task.

    `two_callers`: the second is somebody else's, where the submission lets somebody else create on
    the loan at all; a lock on the caller's own row protects nothing then.
    """
    second_caller = _second_caller(app) if two_callers else None

    def make() -> Scene:
        tasks = [{"task_type": "KYC", "completed": True, "pointer": "null"}] if earlier else []
        owner, loan, _ = app.owned_loan(*tasks)
        other = second_caller() if second_caller else owner
        return Scene(creating(owner, loan, types[0]), creating(other, loan, types[1]), (loan,))

    return make


def _second_caller(app: App) -> Callable[[], Person] | None:
    """Who else may create a task on a customer's loan: another customer, staff, or None."""
    for staff in (False, True):
        if app.create_task(app.customer(staff=staff), app.loan(app.customer())).accepted:
            return partial(app.customer, staff=staff)
    return None


def one_winner(result: Result) -> str:
    """What is wrong with the outcome of two creates on one loan."""
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
    loan = result.loans[0]
    if loan["current_task_id"] != result.open_tasks[0]["id"]:
        return "current_task is not the open task"
    return "" if loan["status"] == "IN_PROGRESS" else f"the loan is {loan['status']}"


ONE_WINNER = "one accepted, the other refused (400, 409, 422 or 423); one open task, and the pointer on it"


def assert_one_winner(app: App, types: tuple[str, str], *, earlier: bool = False) -> None:
    """Two creates on one loan, in every order, have one winner."""
    make = create_scene(app, types, earlier=earlier, two_callers=types[0] != types[1])
    assert_every_order(app, make, one_winner, expected=ONE_WINNER, why=WHY_RACE)


def assert_one_winner_inside_insert(app: App, types: tuple[str, str]) -> None:
    """Both are held inside their INSERT at once, from the database's side; then A goes on, then B.

    An INSERT waits for the common gate, then for the one of its own backend, which is shut for B only.
    """
    scene = create_scene(app, types, earlier=False)()
    inspector = app.inspector
    inspector.execute(
        "CREATE FUNCTION grader_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" PERFORM pg_advisory_xact_lock_shared({GATE_KEY}, 0);"
        f" PERFORM pg_advisory_xact_lock_shared({GATE_KEY}, pg_backend_pid());"
        " RETURN NEW; END $$"
    )
    inspector.execute(
        "CREATE TRIGGER grader_gate BEFORE INSERT ON loans_taskexecution"
        " FOR EACH ROW EXECUTE FUNCTION grader_gate()"
    )
    try:
        stage = app.stage
        app.prepare(scene.first, on="A")
        app.prepare(scene.second, on="B")
        inspector.execute(f"SELECT pg_advisory_lock({GATE_KEY}, 0)")
        try:
            stage.send("A")
            stage.send("B")
            for backend in stage.blocked("B"):
                inspector.execute("SELECT pg_advisory_lock(%s, %s)", [GATE_KEY, backend])
            inspector.execute(f"SELECT pg_advisory_unlock({GATE_KEY}, 0)")
            stage.settle()
        finally:
            inspector.execute("SELECT pg_advisory_unlock_all()")
        answers = stage.collect()
    except WorkerLost as error:
        raise CheckFailed(str(error), ONE_WINNER, WHY_RACE) from error
    finally:
        inspector.execute("DROP TRIGGER grader_gate ON loans_taskexecution")
        inspector.execute("DROP FUNCTION grader_gate()")
    _judge(app, scene, answers, " while both were inside their INSERT")


def assert_one_winner_when_slow(app: App) -> None:
    """The first create holds what it holds for a while before each of its writes and COMMITs in turn."""
    make = create_scene(app, ("KYC", "CREDIT_CHECK"), earlier=False)
    alone = run(app, make(), in_turn("A")).trace.steps
    places = sum(step.entity[0] == "A" and bool(step.footprint.publishes) for step in alone)
    for place in range(places):
        scene, stage = make(), app.stage
        result = run(app, scene, _slow_at(place, stage), stage)
        problem = one_winner(result)
        expect(
            not problem,
            observed=f"{problem}: {result.first.shown}; {result.second.shown}, the first slow for {SLOW} s",
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


def _judge(app: App, scene: Scene, said: dict[str, dict[str, Any]], when: str) -> None:
    first, second = app.answer(scene.first, said["A"]), app.answer(scene.second, said["B"])
    loans = [app.loan_row(loan) for loan in scene.loans]
    result = Result(scene, Trace(), first, second, loans, app.task_rows(*scene.loans))
    problem = one_winner(result)
    expect(
        not problem,
        observed=f"{problem}{when}: {first.shown}; {second.shown}",
        expected=ONE_WINNER,
        why=WHY_RACE,
        **result.evidence(),
    )


def assert_no_waiting(app: App, *, same_customer: bool) -> None:
    """Creates on two loans do not wait for each other: either runs to its end inside the other."""
    for outer, inner in (("A", "B"), ("B", "A")):
        owner = app.customer()
        other = owner if same_customer else app.customer()
        loans = (app.loan(owner), app.loan(other))
        scene = Scene(creating(owner, loans[0]), creating(other, loans[1]), loans)

        def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
            mine = [name for name in enabled if name[0] == outer]  # noqa: B023
            ends = bool(mine) and bool(enabled[mine[0]].publishes)
            if ends and (others := [name for name in enabled if name[0] != outer]):  # noqa: B023
                return min(others)
            return min(mine or enabled)

        result = run(app, scene, choose)
        whose = "one customer" if same_customer else "two customers"
        expect(
            all(answer.accepted for answer in result.answers),
            observed=f"{result.first.shown}; {result.second.shown}, on two loans of {whose}",
            expected="both accepted",
            why="Loans have nothing to do with each other.",
            **result.evidence(),
        )
        expect(
            inner not in result.trace.waited,
            observed=f"a create on one loan of {whose} waits for a create on another loan",
            expected="creates on different loans do not wait for each other",
            why="One lock for all makes every customer wait for the slowest.",
            **result.evidence(),
        )


# ---- creates and completes


@dataclass
class Serial:
    """What the two calls do one after the other, in both orders; the second order is the first explored."""

    results: list[Result] = field(default_factory=list)

    def judge(self, result: Result, only_pointer: bool) -> str:
        if len(self.results) == 1:
            self.results.append(result)
        return _broken_invariant(result, self, only_pointer)

    def may_accept(self, index: int) -> bool:
        return any(result.answers[index].accepted for result in self.results)


def _pair_maker(app: App, kind: str) -> list[SceneMaker]:
    def create_complete(task_type: str) -> SceneMaker:
        def make() -> Scene:
            owner, loan, tasks = app.owned_loan({"task_type": task_type})
            return Scene(creating(owner, loan, "CREDIT_CHECK"), completing(owner, tasks[0]), (loan,))

        return make

    def one_task() -> Scene:
        owner, loan, tasks = app.owned_loan({"task_type": "KYC"})
        return Scene(completing(owner, tasks[0]), completing(owner, tasks[0]), (loan,))

    def two_tasks() -> Scene:
        owner, loan, tasks = app.owned_loan(
            {"task_type": "KYC", "pointer": "null"}, {"task_type": "DISBURSEMENT"}
        )
        return Scene(completing(owner, tasks[0]), completing(owner, tasks[1]), (loan,))

    if kind == "create-complete":
        return [create_complete("KYC"), create_complete("DISBURSEMENT")]
    return [one_task, two_tasks]


def assert_orders(app: App, kind: str, *, only_pointer: bool = False) -> None:
    """Two calls on one loan keep every invariant in every order; see `_broken_invariant`."""
    for place, make in enumerate(_pair_maker(app, kind)):
        try:
            serial = Serial([run(app, make(), in_turn("B"))])
        except CannotDrive:
            if make.__name__ == "two_tasks":
                continue  # two open tasks can't be
            raise
        assert_every_order(
            app,
            make,
            partial(serial.judge, only_pointer=only_pointer),
            expected="each order leaves what one call after the other could leave, and no call answers 5xx",
            why="A pointer that is lost in a race leaves a task that nobody finds, and a loan that is stuck.",
            known_as=f"{kind} {place}",
        )


def _broken_invariant(result: Result, serial: Serial, only_pointer: bool) -> str:
    """What is wrong with an outcome. `only_pointer`: no more than B asks, where D is unfixed."""
    if any(answer.status >= 500 for answer in result.answers):
        return "a call answered 5xx"
    loan, open_ids = result.loans[0], {task["id"] for task in result.open_tasks}
    if len(open_ids) > max(1, *(len(r.open_tasks) for r in serial.results)):
        return f"{len(open_ids)} open tasks"
    healthy = all(_pointer_is_right(r) for r in serial.results)
    if open_ids and healthy and not _pointer_is_right(result):
        return "an open task without its pointer"
    if only_pointer:
        return ""
    if loan["current_task_id"] is not None and loan["current_task_id"] not in open_ids:
        return "current_task is a completed task"
    return _broken_state(result, serial)


def _pointer_is_right(result: Result) -> bool:
    """Whether the pointer is on an open task, where there is one."""
    open_ids = {task["id"] for task in result.open_tasks}
    return not open_ids or result.loans[0]["current_task_id"] in open_ids


def _broken_state(result: Result, serial: Serial) -> str:
    loan = result.loans[0]
    if result.open_tasks and loan["status"] != "IN_PROGRESS":
        return f"the loan is {loan['status']} with an open task"
    if any(task["is_completed"] != (task["completed_at"] is not None) for task in result.tasks):
        return "is_completed and completed_at do not go together"
    for index, answer in enumerate(result.answers):
        if answer.accepted and not serial.may_accept(index):
            return "a call was accepted that both orders of the two refuse"
    if _moved_twice(result):
        return "completed_at was written twice"
    shapes = [_shape(r) for r in serial.results]
    return "" if _shape(result) in shapes else "an outcome that no order of the two calls has"


def _moved_twice(result: Result) -> bool:
    """Whether two completes of one task both wrote its row after the first had committed it."""
    if result.scene.first != result.scene.second:
        return False
    writers = [
        step.unit.worker
        for step in result.trace.steps
        if step.unit.statement.kind is Kind.WRITE
        and "loans_taskexecution" in step.unit.statement.words
        and step.unit.outcome == "UPDATE 1"
    ]
    return len(set(writers)) > 1


def _shape(result: Result) -> tuple[Any, ...]:
    """The outcome without ids and times."""
    loan = result.loans[0]
    tasks = sorted((task["task_type"], task["is_completed"]) for task in result.tasks)
    return loan["status"], loan["current_task_id"] is None, tuple(tasks)


# ---- faults


def assert_all_or_nothing(app: App, make: Callable[[], tuple[Person, int, Any]]) -> None:
    """Fail each write and COMMIT of a call in turn, by an error and by a crash."""
    _, loan, call = make()
    app.must(app.call(call))
    done = _outline(app, loan)
    for crash in (False, True):
        for place in range(20):
            _, loan, call = make()
            before = _outline(app, loan)
            answer, hit = _call_with_fault(app, call, place, crash=crash)
            if hit is None:
                break
            after = _outline(app, loan)
            expect(
                after in (before, done),
                observed=f"{'a crash' if crash else 'an error'} at `{hit.shown[:90]}` left {after}; "
                f"before it was {before}, and a whole call gives {done}",
                expected="all of it or none of it",
                why="Servers stop and disks fill up in the middle; nobody can mend half a step later.",
                statement=hit.shown,
                answer=answer.shown,
            )


def _outline(app: App, loan: int) -> str:
    row, tasks = app.loan_row(loan), app.task_rows(loan)
    states = ", ".join(f"{t['task_type']} {'completed' if t['is_completed'] else 'open'}" for t in tasks)
    pointer = "set" if row["current_task_id"] else "null"
    return f"{row['status']}, pointer {pointer}, tasks: {states or 'none'}"


def _call_with_fault(app: App, call: Call, place: int, *, crash: bool) -> tuple[Answer, Unit | None]:
    """Make a call whose write number `place` fails; the statement that was hit, or None."""
    seen: list[Unit] = []
    hit: list[Unit] = []
    wire = app.rig.wire

    def gate(unit: Unit) -> bool:
        statement = unit.statement
        session = {"django_session", "auth_user"} & statement.words
        if statement.kind not in (Kind.WRITE, Kind.COMMIT, Kind.OTHER) or session or hit:
            return True
        seen.append(unit)
        if len(seen) <= place:
            return True
        hit.append(unit)
        if crash:
            wire.cut(unit)
            return False
        unit.failure = Failure()
        return True

    app.prepare(call, on="A")
    wire.gate = gate
    try:
        said = app.rig.worker("A").ask("go")
        answer = app.answer(call, said)
    except (SubmissionError, WorkerLost) as error:
        answer = Answer(call, 599, "", error=str(error))
    finally:
        wire.gate = lambda unit: True
    return answer, hit[0] if hit else None
