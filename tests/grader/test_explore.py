"""The reduced exploration finds what trying every order finds."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from grader.scheduling.explore import Exploration, explore
from grader.scheduling.footprint import Footprint
from grader.scheduling.stage import Choice, Step, Trace


@dataclass(frozen=True)
class Operation:
    """Reads a variable into the caller's hand, or writes what is in the hand plus one."""

    kind: str
    variable: str

    @property
    def footprint(self) -> Footprint:
        names = frozenset([self.variable])
        if self.kind == "read":
            return Footprint(reads=names)
        return Footprint(reads=names, writes=names, publishes=names)


Program = dict[str, list[Operation]]


def perform(program: Program, choose: Choice) -> tuple[Trace, Any]:
    """Run the callers' operations in the chosen order; the trace and the final state."""
    memory: dict[str, int] = {}
    hands = dict.fromkeys(program, 0)
    places = dict.fromkeys(program, 0)
    trace, previous = Trace(), ""
    while True:
        left = {n: program[n][places[n]].footprint for n in sorted(program) if places[n] < len(program[n])}
        if not left:
            return trace, (tuple(sorted(memory.items())), tuple(sorted(hands.items())))
        previous = choose(len(trace.steps), left, previous)
        operation = program[previous][places[previous]]
        places[previous] += 1
        if operation.kind == "read":
            hands[previous] = memory.get(operation.variable, 0)
        else:
            memory[operation.variable] = hands[previous] + 1
        unit: Any = SimpleNamespace(sql=f"{previous} {places[previous]}", outcome="")
        trace.steps.append(Step(previous, unit, operation.footprint, ()))


def every_order(program: Program) -> tuple[set[Any], int]:
    """All final states, and how many orders there are."""

    def orders(left: tuple[str, ...]) -> set[tuple[str, ...]]:
        if not left:
            return {()}
        return {(n, *rest) for n in set(left) for rest in orders(_without(left, n))}

    callers = tuple(name for name, operations in program.items() for _ in operations)
    found = orders(tuple(sorted(callers)))
    return {perform(program, _replay(order))[1] for order in found}, len(found)


def _without(left: tuple[str, ...], name: str) -> tuple[str, ...]:
    place = left.index(name)
    return left[:place] + left[place + 1 :]


def _replay(order: tuple[str, ...]) -> Choice:
    return lambda step, enabled, previous: order[step]


def reduced(program: Program) -> tuple[set[Any], Exploration]:
    states: set[Any] = set()
    exploration = Exploration()

    def run(choose: Choice) -> Trace:
        trace, state = perform(program, choose)
        states.add(state)
        return trace

    for _ in explore(run, 10_000, exploration):
        pass
    return states, exploration


@pytest.mark.parametrize("seed", range(60))
def test_it_finds_the_same_final_states_as_brute_force(seed: int) -> None:
    chance = random.Random(seed)
    program = {
        name: [
            Operation(chance.choice(["read", "write"]), chance.choice("xyz"))
            for _ in range(chance.randint(1, 5))
        ]
        for name in "AB"
    }
    states, exploration = reduced(program)
    wanted, orders = every_order(program)
    assert states == wanted
    assert exploration.complete
    assert exploration.explored <= orders


def test_callers_that_share_nothing_need_one_order() -> None:
    program = {"A": [Operation("write", "x")] * 4, "B": [Operation("write", "y")] * 4}
    assert reduced(program)[1].explored == 1


def test_three_callers() -> None:
    program = {name: [Operation("read", "x"), Operation("write", "x")] for name in "ABC"}
    states, _ = reduced(program)
    assert states == every_order(program)[0]


def test_too_many_orders_are_said_to_be_too_many() -> None:
    program = {name: [Operation("write", "x")] * 4 for name in "AB"}
    exploration = Exploration()
    run: Callable[[Choice], Trace] = lambda choose: perform(program, choose)[0]  # noqa: E731
    assert len(list(explore(run, 5, exploration))) == 5
    assert not exploration.complete


def test_who_polls_is_not_followed_round_by_round() -> None:
    """A holds something for three statements; B tries to get it up to five hundred times."""
    held = Footprint(frozenset("x"), frozenset("x"))
    commit = Footprint(publishes=frozenset("x"))

    def run(choose: Choice) -> Trace:
        trace, done, tries, previous = Trace(), 0, 0, ""
        while True:
            enabled = {"A": commit if done == 2 else held} if done < 3 else {}
            enabled |= {"B": held} if tries < 500 else {}
            if not enabled:
                return trace
            previous = choose(len(trace.steps), enabled, previous)
            unit: Any = SimpleNamespace(sql="poll", outcome="55P03")
            if previous == "A":
                unit, done = SimpleNamespace(sql=f"A {done}", outcome="UPDATE 1"), done + 1
            else:
                got = done in (0, 3)
                unit.outcome, tries = ("SELECT 1", 500) if got else ("55P03", tries + 1)
            trace.steps.append(Step(previous, unit, enabled[previous], ()))

    exploration = Exploration()
    longest = max(len(trace.steps) for trace in explore(run, 100, exploration))
    assert exploration.complete
    assert exploration.explored < 30
    assert longest < 60
