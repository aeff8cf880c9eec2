"""A scene is two calls at once; running it in one order gives a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.app import App
from grader.calls import Answer, Call
from grader.checking import CannotDrive, CheckFailed
from grader.database.tenant import Row
from grader.scheduling.footprint import Footprint
from grader.scheduling.stage import Arrival, Choice, Stage, Trace
from grader.workers.worker import SubmissionError, WorkerLost

WHY_RACE = (
    "Two requests that arrive together both see a free loan, so both start a task; under load this "
    "happens every day, and only then."
)
TASKS = "loans_taskexecution"
LONGEST_STATEMENT = 4_000  # characters of it that are kept as evidence


@dataclass(frozen=True)
class Scene:
    """Two calls that are made at once, and the loans that they are about."""

    first: Call
    second: Call
    loans: tuple[int, ...]
    tasks: int = 0  # that these have before


SceneMaker = Callable[[], Scene]


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

    @property
    def shown(self) -> str:
        return f"{self.first.shown}; {self.second.shown}"

    def evidence(self) -> dict[str, Any]:
        """The schedule as data: who did what when, the answers, the rows at the end."""
        return {
            "schedule": [
                {
                    "worker": step.unit.worker,
                    "connection": step.entity,
                    "statement": step.unit.shown[:LONGEST_STATEMENT],
                    "outcome": step.unit.outcome,
                    "blocked": list(step.blocked),
                }
                for step in self.trace.steps
            ],
            "answers": {"A": self.first.shown, "B": self.second.shown},
            "rows": {"loans": self.loans, "tasks": self.tasks},
        }


def in_turn(first: str) -> Choice:
    """One call to its end, then the other; the other goes on where the first must wait."""

    def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
        return min(enabled, key=lambda name: (name[0] != first, name))

    return choose


def overtaken(first: str) -> Choice:
    """One call up to its first write of a task; there the other as far as it can go; then the first."""

    def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
        mine = sorted(name for name in enabled if name[0] == first)
        others = sorted(name for name in enabled if name[0] != first)
        writes = any(TASKS in enabled[name].writes | enabled[name].publishes for name in mine)
        return (others if others and (writes or not mine) else mine)[0]

    return choose


def run(
    app: App, scene: Scene, choose: Choice, stage: Stage | None = None, arrival: Arrival | None = None
) -> Result:
    """Run a scene in one order. Raises CheckFailed where it does not end, and CannotDrive."""
    try:
        stage = stage or app.stage
        app.prepare(scene.first, on="A")
        app.prepare(scene.second, on="B")
        trace = stage.run(choose, arrival)
    except WorkerLost as error:
        raise never_ended(error) from error
    except SubmissionError as error:
        raise CannotDrive(str(error)) from error
    return outcome(app, scene, trace.answers, trace)


def outcome(app: App, scene: Scene, said: dict[str, dict[str, Any]], trace: Trace | None = None) -> Result:
    """What a scene ended with; `said` is what each worker answered."""
    return Result(
        scene,
        trace or Trace(),
        app.answer(scene.first, said["A"]),
        app.answer(scene.second, said["B"]),
        [app.loan_row(loan) for loan in scene.loans],
        app.task_rows(*scene.loans),
    )


def never_ended(error: WorkerLost) -> CheckFailed:
    """What a check says of a call that is not answered."""
    return CheckFailed(
        f"a call did not come to an end: {error}",
        "both calls are answered",
        "A request that hangs takes a server process with it.",
    )
