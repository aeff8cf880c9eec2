"""The operators, found by looking into `challenges/operators/`."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from challenges import operators as folder
from challenges.errors import InputError
from challenges.injection.edits import Edit
from challenges.injection.source import Source

Edits = Callable[..., Iterable[Edit]]


@dataclass(frozen=True)
class Operator:
    """One operator, as its module states it."""

    name: str
    summary: str
    level: str
    words: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]
    leaves: tuple[str, ...]
    edits: Edits
    follows: bool  # whether the migrations follow
    options: Mapping[str, str]  # for the examples, where the operator is told what to do
    general: bool  # whether it finds sites by itself, in any project

    def may_find(self, code: str) -> bool:
        return any(word in code for word in self.words)

    def sites(self, source: Source, **options: str) -> list[Edit]:
        """What the operator would change, from the top of the file down."""
        return list(self.edits(source, **options))


@cache
def operators() -> dict[str, Operator]:
    """All operators by name, in the order of their names."""
    names = sorted(found.name for found in pkgutil.iter_modules(folder.__path__))
    return {name: _load(name) for name in names}


def operator(name: str) -> Operator:
    """The operator of a name. Raises InputError, with the nearest name, where there is none."""
    known = operators()
    if name not in known:
        raise InputError(f"There is no operator {name!r}{did_you_mean(name, known)}")
    return known[name]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message about a word that is not known."""
    near = difflib.get_close_matches(word, list(known), 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}."


def _load(name: str) -> Operator:
    module = importlib.import_module(f"{folder.__name__}.{name}")
    head = re.split(r"\n\s*\n", (module.__doc__ or "").strip())[0]
    return Operator(
        name=name,
        summary=" ".join(head.split()),
        level=module.LEVEL,
        words=tuple(module.WORDS),
        examples=tuple((_dedented(before), _dedented(after)) for before, after in module.EXAMPLES),
        leaves=tuple(_dedented(code) for code in module.LEAVES),
        edits=module.edits,
        follows=getattr(module, "MIGRATIONS", False),
        options=getattr(module, "OPTIONS", {}),
        general=not hasattr(module, "OPTIONS"),
    )


def _dedented(code: str) -> str:
    return textwrap.dedent(code).lstrip("\n")
