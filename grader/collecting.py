"""Which checks are run: what `--task`, `--replay` and `-k` leave, and what a verdict would need."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checking import Mark
from grader.scheduling import replay
from grader.scorecard import Expected, Scorecard, check_id, task_name
from grader.shares import mark_of

CARD = pytest.StashKey[Scorecard]()
REPLAY = pytest.StashKey[replay.Replay]()  # the one order that is to be run
PARTIAL = pytest.StashKey[bool]()  # not all checks of the tasks are run


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> Any:
    """Only what `@check` marks is a check."""
    if isinstance(getattr(obj, "check", None), Mark) and isinstance(collector, pytest.Module):
        return pytest.Function.from_parent(collector, name=name)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tasks that are not asked for; what is left is what must report."""
    wanted = config.getoption("task")
    known = sorted({expected_of(item).task for item in items if is_check(item)})
    unknown = sorted(set(wanted or ()) - set(known))
    if unknown and known:
        raise pytest.UsageError(f"--task: there is no task {unknown[0]!r}; there are {', '.join(known)}.")
    left_out = [i for i in items if is_check(i) and wanted and expected_of(i).task not in wanted]
    card = config.stash[CARD]
    if order := config.stash.get(REPLAY, None):
        left_out = _leave_out_other_scenes(items, left_out, order.scene)
        config.stash[PARTIAL] = True
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    for item in filter(is_check, items):
        expected = expected_of(item)
        card.expected[expected.id] = expected
        module = item.module  # type: ignore[attr-defined]
        card.titles[expected.task] = (module.__doc__ or "").strip().splitlines()[0]
        card.names[expected.task] = task_name(module.__name__)


def _leave_out_other_scenes(
    items: list[pytest.Item], left_out: list[pytest.Item], scene: str
) -> list[pytest.Item]:
    """What to leave out where one order of one scene is to be run."""
    checks = [item for item in items if is_check(item)]
    scenes = sorted({name for item in checks for name in mark_of(item).scenes})
    if scene not in scenes:
        raise pytest.UsageError(f"--replay: there is no scene {scene!r}; there are {', '.join(scenes)}.")
    wanted = [item for item in checks if scene in mark_of(item).scenes and item not in left_out]
    return [item for item in items if item not in wanted[:1]]


def pytest_deselected(items: list[pytest.Item]) -> None:
    """A selection by -k leaves checks out that a verdict would need."""
    for item in items:
        card = item.config.stash[CARD]
        if is_check(item) and expected_of(item).id in card.expected:
            item.config.stash[PARTIAL] = True


def is_check(item: pytest.Item) -> bool:
    """Whether an item is a function under `@check`."""
    return isinstance(getattr(getattr(item, "obj", None), "check", None), Mark)


def expected_of(item: pytest.Item) -> Expected:
    """The check that an item is."""
    function = item.obj  # type: ignore[attr-defined]
    task, identifier = check_id(function.__module__, function.__name__)
    sentence = " ".join((function.__doc__ or "").split())
    return Expected(identifier, task, function.check, sentence)
