"""Every variant is there, is said in one line, changes the app, and goes together with any other."""

import ast
from itertools import combinations

import pytest

from challenges.errors import InputError
from challenges.injection import app, choose, variants
from challenges.injection.making import tasks

ALL = [(task, variant.name) for task in tasks() for variant in variants(task)]


@pytest.mark.parametrize(("task", "name"), ALL)
def test_a_variant_is_an_app_of_its_own(task: str, name: str) -> None:
    variant = next(v for v in variants(task) if v.name == name)
    assert variant.level in ("classic", "mid", "senior") and variant.reason.endswith(".")
    assert len(variant.reason) < 110 and "\n" not in variant.reason
    made = app({task: name})
    others = [app({task: other.name}) for other in variants(task) if other.name != name]
    assert made != app({}) and made not in others
    for path, code in made.items():
        ast.parse(code, path)


@pytest.mark.parametrize("task", tasks())
def test_a_task_has_a_classic_bug_and_at_least_five_variants(task: str) -> None:
    first, *others = variants(task)
    assert first.name == first.level == "classic"
    assert len(others) >= 5 and {v.level for v in others} == {"mid", "senior"}


@pytest.mark.parametrize(("one", "other"), combinations(tasks(), 2))
def test_variants_of_two_tasks_go_together(one: str, other: str) -> None:
    for first in variants(one):
        for second in variants(other):
            for path, code in app({one: first.name, other: second.name}).items():
                ast.parse(code, path)


def test_the_order_in_which_bugs_are_named_does_not_matter() -> None:
    bugs = [(task, variants(task)[1].name) for task in tasks()]
    assert app(dict(bugs)) == app(dict(reversed(bugs)))


def test_a_seed_chooses_the_same_variant_everywhere() -> None:
    chosen = [choose("b_double_tasks", seed, None) for seed in range(40)]
    assert set(chosen) == {variant.name for variant in variants("b_double_tasks")}
    assert chosen == [choose("b_double_tasks", seed, None) for seed in range(40)]
    assert choose("b_double_tasks", 1, "classic") == "classic"


@pytest.mark.parametrize(
    ("bugs", "said"),
    [
        ({"b_dubble_tasks": "classic"}, "did you mean 'b_double_tasks'?"),
        ({"b_double_tasks": "lock_to_late"}, "did you mean 'lock_too_late'?"),
    ],
)
def test_what_there_is_not_is_named(bugs: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=r"There is no task|has no variant") as error:
        app(bugs)
    assert said in str(error.value)


def test_a_level_that_there_is_not_is_named() -> None:
    with pytest.raises(InputError, match="did you mean 'senior'"):
        choose("b_double_tasks", 1, "seniour")
