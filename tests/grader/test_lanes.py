"""How checks are dealt to lanes: by their marks alone, so that every run is the same."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import pytest

from grader.checking import Mark
from grader.shares import share_out


class Item:
    """As much of an item as the lanes look at."""

    def __init__(self, mark: Mark) -> None:
        self.obj = SimpleNamespace(check=mark)


def checks(*marks: Mark) -> list[pytest.Item]:
    return [cast("pytest.Item", Item(mark)) for mark in marks]


def plain(cost: float) -> Mark:
    return Mark("pass", 5, cost)


def race(cost: float, *scenes: str) -> Mark:
    return Mark("pass", 5, cost, both=True, scenes=scenes)


def places(items: Sequence[pytest.Item], lanes: int) -> list[list[int]]:
    """Which of the checks each lane has."""
    return [[items.index(item) for item in share.items] for share in share_out(items, lanes)]


def test_the_longest_are_dealt_first_and_a_lane_keeps_the_order_of_the_suite() -> None:
    assert places(checks(plain(0.5), plain(0.6), plain(1.0)), 2) == [[2], [0, 1]]


def test_few_checks_get_few_lanes() -> None:
    assert places(checks(plain(0.2), plain(0.2), plain(0.2)), 3) == [[0, 1, 2]]


def test_checks_of_one_scene_stay_together() -> None:
    marks = (race(0.7, "one"), race(0.7, "two"), race(0.7, "two", "three"), race(0.7, "three"))
    assert places(checks(*marks), 2) == [[1, 2, 3], [0]]


def test_a_second_pair_of_workers_is_started_only_where_it_pays() -> None:
    few = checks(race(0.9), race(0.9), plain(0.9), plain(0.9), plain(0.9))
    assert places(few, 3) == [[0, 1], [2, 4], [3]]
    many = checks(race(1.5), race(1.5), plain(1.5))
    assert places(many, 3) == [[0], [1], [2]]
    assert [share.both for share in share_out(many, 3)] == [True, True, False]


def test_one_lane_looks_for_differences_beside_the_checks() -> None:
    shares = share_out(checks(plain(1.0), plain(1.0), plain(1.0)), 3)
    assert [share.probes for share in shares] == [False, False, True]
