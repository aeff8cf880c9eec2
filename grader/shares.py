"""Which check runs in which lane: by the checks' marks alone, so that every run is the same."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from grader.checking import Mark

WORTH_A_LANE = 0.5  # seconds of checks below which another lane costs more than it saves
WORTH_ANOTHER_B = 2.0  # seconds of checks that need both workers, above which a second lane has both


@dataclass
class Share:
    """The checks of one lane."""

    items: list[pytest.Item] = field(default_factory=list)
    cost: float = 0.0
    probes: bool = False  # looks for differences beside the checks (grader/integrity.py)

    def add(self, item: pytest.Item, cost: float) -> None:
        self.items.append(item)
        self.cost += cost

    @property
    def both(self) -> bool:
        """Whether worker B is needed."""
        return any(mark_of(item).both for item in self.items)


def mark_of(item: pytest.Item) -> Mark:
    mark: Mark = item.obj.check  # type: ignore[attr-defined]
    return mark


def share_out(items: Sequence[pytest.Item], lanes: int) -> list[Share]:
    """Deal checks out, the longest first; those that need both workers to the first lanes.

    Checks of one scene stay together: it is run once. Within a lane they keep the order of the suite.
    """
    shares = [Share() for _ in range(lanes)]
    needs_both = sum(mark_of(item).cost for item in items if mark_of(item).both)
    with_both = shares[: 2 if needs_both > WORTH_ANOTHER_B else 1]
    for group in sorted(_groups(items), key=lambda group: (not _needs_both(group), -_cost(group))):
        share = min(with_both if _needs_both(group) else shares, key=lambda share: share.cost)
        for item in group:
            share.add(item, mark_of(item).cost)
    for share in shares:
        share.items.sort(key=items.index)
    if min(share.cost for share in shares) < WORTH_A_LANE and lanes > 1:
        return share_out(items, lanes - 1)
    shares[-1].probes = True
    return shares


def _groups(items: Sequence[pytest.Item]) -> list[list[pytest.Item]]:
    """The checks, those together that have a scene in common."""
    groups: list[list[pytest.Item]] = []
    for item in items:
        scenes = {*mark_of(item).scenes}
        kin = [g for g in groups if scenes & {name for other in g for name in mark_of(other).scenes}]
        groups = [group for group in groups if group not in kin]
        groups.append([*itertools.chain.from_iterable(kin), item])
    return groups


def _needs_both(group: Sequence[pytest.Item]) -> bool:
    return any(mark_of(item).both for item in group)


def _cost(group: Sequence[pytest.Item]) -> float:
    return sum(mark_of(item).cost for item in group)
