"""Every order of two calls' statements that can make a difference, each tried once.

Stateless model checking with dynamic partial-order reduction (Flanagan and Godefroid, POPL 2005) and
sleep sets (Godefroid, 1996): after each run, every two dependent steps of different callers that
could have come the other way round give a place to try that. Orders with few switches come first
(Musuvathi and Qadeer, PLDI 2007), so that where there are too many, those that are left out are the
far-fetched ones.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from grader.scheduling.footprint import Footprint
from grader.scheduling.stage import Choice, Step, Trace

MOST_IN_A_ROW = 25  # statements of one caller before the other is preferred: a retry must not starve it
MOST_REPEATS = 3  # of a statement that goes the same each time: who polls is then where it was before


@dataclass
class Node:
    """A place in the tree of schedules: how it is reached, what could go there, what was taken up.

    `sleep` holds what need not be tried here, since another branch has it already.
    """

    prefix: tuple[str, ...]
    enabled: dict[str, Footprint]
    sleep: dict[str, Footprint]
    taken: dict[str, Footprint] = field(default_factory=dict)  # in the order in which they were taken up
    asleep_below: dict[str, dict[str, Footprint]] = field(default_factory=dict)
    children: dict[str, Node] = field(default_factory=dict)

    def take(self, name: str) -> None:
        """Take up a choice; what was taken up before it, and what sleeps, may sleep below it."""
        footprint = self.enabled[name]
        self.asleep_below[name] = {
            other: theirs
            for other, theirs in (self.sleep | self.taken).items()
            if other != name and not theirs.depends_on(footprint)
        }
        self.taken[name] = footprint


@dataclass
class Exploration:
    """How far it went. `complete` is false where `most` schedules were not enough."""

    explored: int = 0
    complete: bool = True
    known: int = 0  # places that are known to be left where it is not complete

    def __str__(self) -> str:
        if self.complete:
            return f"explored all {self.explored} orders"
        return f"explored the first {self.explored} of at least {self.explored + self.known} orders"


def explore(
    run: Callable[[Choice], Trace], most: int, into: Exploration, first: str = "A"
) -> Iterator[Trace]:
    """Yield a trace for each schedule, up to equivalence and up to `most`; few switches first."""
    root: dict[str, Node] = {}  # holds the tree's root under "", once the first run has made it
    ticket = itertools.count()
    waiting: list[tuple[int, int, tuple[str, ...]]] = [(0, next(ticket), ())]
    while waiting:
        if into.explored >= most:
            into.complete, into.known = False, len(waiting)
            return
        _, _, prefix = heapq.heappop(waiting)
        path: list[Node] = []
        trace = run(_follow(root, path, prefix, first))
        into.explored += 1
        yield trace
        for node, name in _reversals(path, trace):
            node.take(name)
            order = (*node.prefix, name)
            switches = sum(a != b for a, b in itertools.pairwise(order))
            heapq.heappush(waiting, (switches, next(ticket), order))


def _follow(root: dict[str, Node], path: list[Node], prefix: tuple[str, ...], first: str) -> Choice:
    """Repeat the prefix, then go on with whoever is at work; the places passed go into `path`."""

    def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
        parent = path[-1] if path else None
        siblings = parent.children if parent else root
        node = siblings.get(previous)
        if node is None:
            sleep = parent.asleep_below.get(previous, {}) if parent else {}
            reached = (*parent.prefix, previous) if parent else ()
            node = siblings[previous] = Node(reached, enabled, sleep)
        path.append(node)
        if step < len(prefix) and prefix[step] in enabled:
            return prefix[step]
        chosen = _default(node, enabled, previous or first)
        if chosen not in node.taken and chosen in node.enabled:
            node.take(chosen)
        return chosen

    return choose


def _default(node: Node, enabled: dict[str, Footprint], preferred: str) -> str:
    recent = node.prefix[-MOST_IN_A_ROW:]
    tired = len(recent) == MOST_IN_A_ROW and set(recent) == {preferred}
    order = sorted(enabled, key=lambda name: (name in node.sleep, (name != preferred) != tired, name))
    return order[0]


def _reversals(path: list[Node], trace: Trace) -> Iterator[tuple[Node, str]]:
    """For every race of the trace, the place before its first step and the other caller to try there."""
    steps = trace.steps
    repeats = _repeats(steps)
    before: list[set[int]] = []  # for each step, the steps that must come before it
    latest: dict[str, int] = {}
    for j, step in enumerate(steps):
        bound: set[int] = set()
        if step.entity in latest:
            bound |= before[latest[step.entity]] | {latest[step.entity]}
        for i in range(j - 1, -1, -1):
            if i in bound or steps[i].entity == step.entity:
                continue
            if step.footprint.depends_on(steps[i].footprint):
                bound |= before[i] | {i}
                again = repeats[i - 1] if i and steps[i - 1].entity == step.entity else 0
                if i < len(path) and max(repeats[i], again) < MOST_REPEATS:
                    yield from _untried(path[i], step.entity)
        before.append(bound)
        latest[step.entity] = j


def _repeats(steps: list[Step]) -> list[int]:
    """How often each step's statement went the same way already, with nothing of the other's between."""
    found: list[int] = []
    seen: Counter[tuple[str, str]] = Counter()
    for place, step in enumerate(steps):
        if place and steps[place - 1].entity != step.entity:
            seen.clear()
        same = (step.unit.sql, step.unit.outcome)
        found.append(seen[same])
        seen[same] += 1
    return found


def _untried(node: Node, name: str) -> Iterator[tuple[Node, str]]:
    names = [name] if name in node.enabled else sorted(node.enabled)
    for candidate in names:
        if candidate not in node.taken and candidate not in node.sleep:
            yield node, candidate
