"""The suite as a whole: what every check must have."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

from grader import checks
from grader.checking import Mark
from grader.scorecard import check_id


def marked() -> list[tuple[str, str, Mark, str]]:
    found = []
    for module in pkgutil.iter_modules(checks.__path__):
        loaded = importlib.import_module(f"grader.checks.{module.name}")
        for name, value in vars(loaded).items():
            if isinstance(getattr(value, "check", None), Mark):
                found.append((*check_id(module.name, name), value.check, value.__doc__ or ""))
    return found


def test_the_points_of_each_tasks_checks_add_up_to_100() -> None:
    total: Counter[str] = Counter()
    for task, _, mark, _ in marked():
        total[task] += mark.points
    assert dict(total) == dict.fromkeys("abcde", 100)


def test_every_check_says_in_one_sentence_what_it_asks() -> None:
    for _, identifier, _, sentence in marked():
        assert sentence.strip().endswith("."), identifier


def test_both_levels_are_in_every_task() -> None:
    assert {(task, mark.level) for task, _, mark, _ in marked()} == {
        (task, level) for task in "abcde" for level in ("pass", "distinction")
    }
