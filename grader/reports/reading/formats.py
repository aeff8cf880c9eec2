"""Which formats there are: one module of `grader/reports/` each, found by looking."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from grader import reports
from grader.reports.reading.card import Card


@dataclass(frozen=True)
class Format:
    """A view: its name, the name of the file that it is usually written to, and how it is made."""

    name: str
    file: str
    render: Callable[[Card], str]


@functools.cache
def formats() -> dict[str, Format]:
    """All formats by name."""
    found = {}
    for module in pkgutil.iter_modules(reports.__path__):
        if not module.ispkg:
            loaded = importlib.import_module(f"{reports.__name__}.{module.name}")
            found[module.name] = Format(module.name, loaded.FILE, loaded.render)
    return found
