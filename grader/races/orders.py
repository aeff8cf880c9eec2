"""Runs a scene in every order of statements that can make a difference, or once more in one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from grader.app import App
from grader.checking import CheckFailed
from grader.races.scene import Result, SceneMaker, run
from grader.scheduling.explore import Exploration, explore
from grader.scheduling.replay import Replay
from grader.scheduling.stage import Choice, Trace

MOST_SCHEDULES = 100  # of one scene; a correct fix needs some 5 to 20

Judge = Callable[[Result], str]


@dataclass(frozen=True)
class Demand:
    """What a check asks of every order: `judge` says what is wrong with a result, or ""."""

    judge: Judge
    expected: str
    why: str


def assert_every_order(app: App, name: str, make: SceneMaker, demand: Demand) -> None:
    """No order of the two calls' statements has an outcome that the demand's judge finds wrong.

    Few switches are tried first, so that the failing schedule that is shown is a short one; how much was
    explored is noted on the app. Two checks that judge the scene of one `name` run it once.
    Where one order is to be replayed, only that one is run, and no other scene.
    """
    if app.replay is not None:
        if app.replay.scene == name:
            _replay(app, app.replay, make, demand)
        return
    exploration, results = Exploration(), list[Result]()
    if name in app.rig.explored:
        exploration, results = app.rig.explored[name]
        runs: Iterable[Result] = results
    else:
        runs = _run_every_order(app, make, exploration, results)
    for result in runs:
        _judge(name, result, demand)
    app.rig.explored[name] = exploration, results
    app.notes.append(str(exploration))


def _run_every_order(
    app: App, make: SceneMaker, exploration: Exploration, results: list[Result]
) -> Iterator[Result]:
    """Run a scene in each order, and keep the results."""

    def run_one(choose: Choice) -> Trace:
        results.append(run(app, make(), choose))
        return results[-1].trace

    for _ in explore(run_one, MOST_SCHEDULES, exploration):
        yield results[-1]


def _judge(name: str, result: Result, demand: Demand) -> None:
    problem = "a call retried without end" if result.trace.endless else demand.judge(result)
    if not problem:
        return
    if result.trace.switches <= 1:
        problem += ", even with one call after the other"
    replay = Replay(name, tuple(result.trace.schedule))
    raise CheckFailed(
        f"{problem}: {result.shown}",
        demand.expected,
        demand.why,
        {**result.evidence(), "replay": replay.id},
    )


def _replay(app: App, replay: Replay, make: SceneMaker, demand: Demand) -> None:
    """Run one order once more and show it, whatever its outcome."""
    result = run(app, make(), replay.choice())
    app.evidence = result.evidence()
    followed = tuple(result.trace.schedule) == replay.schedule
    app.notes.append(
        f"replayed {replay.id}"
        if followed
        else f"{replay.id} does not fit this submission; what was run is "
        f"{Replay(replay.scene, tuple(result.trace.schedule)).id}"
    )
    _judge(replay.scene, result, demand)
