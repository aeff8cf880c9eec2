"""Sequences of creates and completes on a loan, held against the contract's invariants after each call.

Every sequence up to a length, and then longer ones at random from a fixed seed. A state that another sequence
has reached is not gone on from again: what the app does next is taken to depend on the rows.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from grader.app import App, public
from grader.calls import Answer, Person
from grader.checking import expect
from grader.database.tenant import Row

LONGEST = 4  # calls of a sequence that is one of all
CREATES = 2  # in one of those; nobody may need more than three in a minute (contract, E)
WALKS, WALK_LENGTH, WALK_CREATES, SEED = 2, 8, 3, 20_260
WHY = "A loan goes through many hands; one odd order of calls is enough to lose it."


@dataclass(frozen=True)
class Step:
    """A create of a type, or a complete of the loan's oldest or newest task."""

    create: str = ""
    newest: bool = False


Path = tuple[Step, ...]
STEPS = (Step("KYC"), Step("DISBURSEMENT"), Step(newest=True), Step(newest=False))


@dataclass
class Walk:
    """A loan on its way, beside another that nothing must touch; `rows` are as they are now."""

    app: App
    owner: Person
    loan: int
    bystander: int
    rows: dict[str, Any] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, app: App) -> Walk:
        owner, bystander, _ = app.owned_loan({"task_type": "KYC"})
        walk = cls(app, owner, app.loan(owner), bystander)
        walk.rows = walk._read()
        return walk

    def steps(self, path: Path, creates: int) -> list[Step]:
        """What may come next: no complete without a task, and the oldest only where it is another."""
        tasks = len(self.rows["tasks"])
        left = creates - sum(bool(step.create) for step in path)
        return [
            step
            for step in STEPS
            if (step.create and left > 0) or (not step.create and tasks > (0 if step.newest else 1))
        ]

    def take(self, step: Step) -> None:
        """Make one call and hold what it did against the invariants. Raises CheckFailed."""
        before, target = self.rows, None
        if step.create:
            answer = self.app.create_task(self.owner, self.loan, step.create)
        else:
            target = before["tasks"][-1 if step.newest else 0]
            answer = self.app.complete_task(self.owner, target["id"])
        self.calls.append(answer.shown)
        self.rows = self._read()
        problem = _problem(answer, target, before, self.rows)
        expect(
            not problem,
            observed=f"{problem}, after {len(self.calls)} calls: " + "; ".join(self.calls),
            expected="the pointer null or on an open task, times and states that fit, other loans untouched",
            why=WHY,
            calls=list(self.calls),
            rows=self.rows,
        )

    def _read(self) -> dict[str, Any]:
        rows = self.app.task_rows(self.loan, self.bystander)
        return {
            "loan": self.app.loan_row(self.loan),
            "tasks": [row for row in rows if row["loan_id"] == self.loan],
            "other": [self.app.loan_row(self.bystander), *(r for r in rows if r["loan_id"] != self.loan)],
        }

    @property
    def state(self) -> tuple[Any, ...]:
        """The rows without ids and times."""
        loan, tasks = self.rows["loan"], self.rows["tasks"]
        places = {task["id"]: place for place, task in enumerate(tasks)}
        return (
            loan["status"],
            places.get(loan["current_task_id"]),
            *((task["task_type"], task["is_completed"]) for task in tasks),
        )


def _problem(answer: Answer, target: Row | None, before: dict[str, Any], after: dict[str, Any]) -> str:
    """What is wrong with one call's effect by the contract (D), or ""."""
    loan, tasks = after["loan"], after["tasks"]
    open_ids = [task["id"] for task in tasks if not task["is_completed"]]
    pointer = loan["current_task_id"]
    if answer.status >= 500 and target:
        return f"a complete answered {answer.status}"
    if answer.refused and after != before:
        return "a refused call wrote something"
    if after["other"] != before["other"]:
        return "another loan was changed"
    if pointer is not None and pointer not in open_ids:
        return "current_task is a completed task"
    if any(task["is_completed"] != (task["completed_at"] is not None) for task in tasks):
        return "is_completed and completed_at do not go together"
    if open_ids and loan["status"] != "IN_PROGRESS":
        return f"the loan is {loan['status']} with an open task"
    if target:
        return _completing_problem(answer, target, before, after)
    if answer.accepted and public(tasks[:-1]) != public(before["tasks"]):
        return "a create changed the tasks before it, or made none"
    return ""


def _completing_problem(answer: Answer, target: Row, before: dict[str, Any], after: dict[str, Any]) -> str:
    was_current = before["loan"]["current_task_id"] == target["id"]
    others = [[t for t in rows["tasks"] if t["id"] != target["id"]] for rows in (before, after)]
    if public(others[0]) != public(others[1]):
        return "completing a task changed another task"
    if target["is_completed"]:
        return "" if before == after else "completing a completed task changed something"
    if was_current and not answer.accepted:
        return "the current task could not be completed"
    if not answer.accepted:
        return ""
    done = next(task for task in after["tasks"] if task["id"] == target["id"])
    if not done["is_completed"]:
        return "a task whose complete was accepted is open"
    if any(done[name] != target[name] for name in ("task_type", "started_at", "loan_id")):
        return "completing a task changed its type, its start or its loan"
    pointer = before["loan"]["current_task_id"]
    if not was_current and pointer is not None and after["loan"]["current_task_id"] != pointer:
        return "completing another task moved the pointer to the current one"
    paid_out = was_current and target["task_type"] == "DISBURSEMENT"
    if paid_out and all(task["is_completed"] for task in after["tasks"]):
        status = after["loan"]["status"]
        return "" if status == "COMPLETED" else f"the loan is {status} after its disbursement"
    return ""


def assert_every_sequence(app: App) -> None:
    """Every sequence up to a length keeps the invariants; the shortest that does not is the evidence."""
    seen: set[tuple[Any, ...]] = set()
    frontier: list[tuple[Path, Walk]] = [((), Walk.begin(app))]
    count = 0
    while frontier:
        following: list[tuple[Path, Walk]] = []
        for path, reached in frontier:
            for place, step in enumerate(reached.steps(path, CREATES)):
                walk = reached if place == 0 else _walk(app, path)
                walk.take(step)
                count += 1
                if walk.state not in seen and len(path) + 1 < LONGEST:
                    seen.add(walk.state)
                    following.append(((*path, step), walk))
        frontier = following
    for number in range(WALKS):
        _walk_at_random(app, random.Random(SEED + number))
    app.notes.append(f"{count} sequences of up to {LONGEST} calls, {WALKS} of {WALK_LENGTH}")


def _walk(app: App, path: Path) -> Walk:
    walk = Walk.begin(app)
    for step in path:
        walk.take(step)
    return walk


def _walk_at_random(app: App, chance: random.Random) -> None:
    walk, path = Walk.begin(app), Path()
    for _ in range(WALK_LENGTH):
        step = chance.choice(walk.steps(path, WALK_CREATES) or [Step(newest=True)])
        walk.take(step)
        path = (*path, step)
