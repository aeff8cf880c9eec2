"""Every order of two calls' statements that can make a difference, each tried once.

Stateless model checking with dynamic partial-order reduction (Flanagan and Godefroid, POPL 2005) and
sleep sets (Godefroid, 1996): after each run, every two dependent steps of different callers that
could have come the other way round give a place to try that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from grader.scheduling.footprint import Footprint
from grader.scheduling.stage import Choice, Trace

MOST_IN_A_ROW = 25  # statements of one caller before the other is preferred: a retry must not starve it


@dataclass
class Node:
    """A place in the tree of schedules: what could go, what went, what is left to try."""

    enabled: dict[str, Footprint]
    chosen: str
    sleep: dict[str, Footprint]
    tried: dict[str, Footprint] = field(default_factory=dict)
    to_try: set[str] = field(default_factory=set)

    @property
    def left(self) -> list[str]:
        return sorted(self.to_try - self.tried.keys() - self.sleep.keys() - {self.chosen})


@dataclass
class Exploration:
    """How far it went. `complete` is false where `most` schedules were not enough."""

    explored: int = 0
    complete: bool = True


def explore(
    run: Callable[[Choice], Trace], most: int, into: Exploration, first: str = "A"
) -> Iterator[Trace]:
    """Yield a trace for each schedule, up to equivalence and up to `most`."""
    path: list[Node] = []
    while True:
        if into.explored >= most:
            into.complete = False
            return
        trace = run(_follow(path, first))
        into.explored += 1
        yield trace
        _add_reversals(path, trace)
        while path and not path[-1].left:
            path.pop()
        if not path:
            return
        node = path[-1]
        node.tried[node.chosen] = node.enabled[node.chosen]
        node.chosen = node.left[0]


def _follow(path: list[Node], first: str) -> Choice:
    """Repeat the path, then go on with whoever is at work; new places are added to the path."""

    def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
        if step < len(path):
            chosen = path[step].chosen
            return chosen if chosen in enabled else next(iter(enabled))
        sleep = _inherited(path)
        chosen = _default(path, enabled, sleep, previous or first)
        path.append(Node(enabled, chosen, sleep))
        return chosen

    return choose


def _inherited(path: list[Node]) -> dict[str, Footprint]:
    if not path:
        return {}
    parent = path[-1]
    chosen = parent.enabled[parent.chosen]
    return {
        name: footprint
        for name, footprint in (parent.sleep | parent.tried).items()
        if name != parent.chosen and not footprint.depends_on(chosen)
    }


def _default(
    path: list[Node], enabled: dict[str, Footprint], sleep: dict[str, Footprint], preferred: str
) -> str:
    recent = [node.chosen for node in path[-MOST_IN_A_ROW:]]
    tired = len(recent) == MOST_IN_A_ROW and set(recent) == {preferred}
    order = sorted(enabled, key=lambda name: (name in sleep, (name != preferred) != tired, name))
    return order[0]


def _add_reversals(path: list[Node], trace: Trace) -> None:
    """For every race of the trace, the place before its first step also tries the other caller."""
    steps = trace.steps
    after: list[set[int]] = []  # for each step, the steps that must come before it
    latest: dict[str, int] = {}
    for j, step in enumerate(steps):
        before: set[int] = set()
        if step.entity in latest:
            before |= after[latest[step.entity]] | {latest[step.entity]}
        for i in range(j - 1, -1, -1):
            other = steps[i]
            if i in before or other.entity == step.entity:
                continue
            if step.footprint.depends_on(other.footprint):
                if i < len(path):
                    node = path[i]
                    node.to_try |= {step.entity} if step.entity in node.enabled else set(node.enabled)
                before |= after[i] | {i}
        after.append(before)
        latest[step.entity] = j
