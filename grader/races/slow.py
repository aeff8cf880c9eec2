"""Two creates of which the first holds what it holds for a while."""

from __future__ import annotations

import itertools
import time

from grader.app import App
from grader.checking import expect
from grader.races.apart import writes
from grader.races.creates import ONE_WINNER, creates, one_winner
from grader.races.scene import Result, in_turn, run
from grader.scheduling.footprint import Footprint
from grader.scheduling.stage import Arrival, Choice, Stage, Step, Waiting

SLOW = 1.5  # seconds that the first call holds what it holds (contract, B)


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
    return [n for n, footprint in enumerate(mine) if n > shown and writes(footprint)]


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
    left, began = place, 0.0

    def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
        nonlocal left, began
        mine = [name for name in enabled if name[0] == "A"]
        others = [name for name in enabled if name[0] == "B"]
        if not mine:
            return min(others)
        if enabled[mine[0]].publishes:
            if left == 0 and others:
                return min(others)
            if left == 0 and stage.states["B"] in (Waiting.BLOCKED, Waiting.OUTSIDE):
                began = began or stage.clock("B")
                if stage.wait_for("B", began + SLOW - stage.clock("B")):
                    return ""  # who polls goes on with that meanwhile
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
