"""Grades the cases two at a time, while the tests look at one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.hostile import scene
from tests.hostile.cases import BUGGY, Case, cases
from tests.hostile.scene import Graded

collect_ignore_glob = ["attacks/*", "broken/*"]  # strangers' code, with a conftest.py among it
AT_ONCE = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="all of tests/hostile, not the quick part only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        whole = metafunc.config.getoption("--whole", default=False)
        found = [case for case in cases() if case.quick or whole]
        metafunc.parametrize("case", found, ids=[case.name for case in found])


class Gradings:
    """All gradings that the selected tests need, begun at once."""

    def __init__(self, wanted: list[Case]) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._begun: dict[str, Future[Graded]] = {}
        tasks = sorted({task for case in wanted for task in case.tasks})
        for case in [replace(BUGGY, tasks=tasks), *wanted]:
            self._begun[case.name] = self._pool.submit(scene.grade, case)

    def of(self, case: Case) -> Graded:
        return self._begun[case.name].result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def gradings(request: pytest.FixtureRequest) -> Iterator[Gradings]:
    callspecs = [getattr(item, "callspec", None) for item in request.session.items]
    wanted = [spec.params["case"] for spec in callspecs if spec and "case" in spec.params]
    begun = Gradings(wanted)
    yield begun
    begun.close()


@pytest.fixture(scope="session")
def earned(gradings: Gradings) -> set[str]:
    """The checks that the buggy app passes."""
    return gradings.of(BUGGY).passed


@pytest.fixture
def graded(case: Case, gradings: Gradings) -> Graded:
    return gradings.of(case)
