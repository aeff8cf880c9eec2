"""The checks, loaded once before anything is forked, and their names."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from grader import checks
from grader.checking import Mark
from grader.scorecard import check_id

PARTS = ("grader.plugin", "grader.collecting", "grader.reporting")


@functools.cache
def load() -> frozenset[str]:
    """Load all that `pytest grader` loads, so that no fork has to; the ids of the checks."""
    for part in PARTS:
        importlib.import_module(part)
    found = set()
    for module in pkgutil.iter_modules(checks.__path__):
        loaded = importlib.import_module(f"{checks.__name__}.{module.name}")
        found |= {
            check_id(module.name, name)[1]
            for name, value in vars(loaded).items()
            if isinstance(getattr(value, "check", None), Mark)
        }
    return frozenset(found)


def letters() -> list[str]:
    """The tasks."""
    return sorted({identifier[0] for identifier in load()})
