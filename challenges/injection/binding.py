"""Says what a challenge does to the healthy app: operators bound to named symbols, with the hits expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from challenges.errors import InputError
from challenges.injection.catalogue import operator
from challenges.injection.edits import Edit, apply
from challenges.injection.imports import without_unused
from challenges.injection.source import Source, parsed

CLASSIC = "classic"


@dataclass(frozen=True)
class Binding:
    """One operator, at one symbol of one file of the healthy app.

    `where` is text that the statement of a site holds; `hits` is how many sites there must be; `beside` names
    tasks that must have their classic bug, too, for this to be done: one of them needs what goes otherwise.
    """

    operator: str
    file: str
    symbol: str = ""
    where: str = ""
    hits: int = 1
    beside: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    def applies(self, bugs: Mapping[str, str]) -> bool:
        return all(bugs.get(task) == CLASSIC for task in self.beside)

    def carry_out(self, tree: dict[str, str], owner: str) -> None:
        """Change the tree. Raises InputError, which names `owner`, where the reference is not as bound."""
        if self.file not in tree:
            raise InputError(
                f"{owner}: {self.operator} is bound to {self.file}, which the healthy app lacks."
            )
        what = (self.operator, self.symbol, self.where, tuple(self.options.items()))
        code, found = _carried_out(tree[self.file], self.hits, *what)
        place = f"{self.file}, {self.symbol}" if self.symbol else self.file
        if self.symbol and self.symbol not in symbols(parsed(tree[self.file])):
            raise InputError(f"{owner}: {self.operator} is bound to {place}, which is not there any more.")
        if found != self.hits:
            raise InputError(f"{owner}: {self.operator} finds {found} sites in {place}, not {self.hits}.")
        tree[self.file] = code


@lru_cache(maxsize=4096)
def _carried_out(
    code: str, hits: int, name: str, symbol: str, where: str, options: tuple[tuple[str, str], ...]
) -> tuple[str, int]:
    """The code with all sites edited, and how many there were; from the last on, so that the others stay."""

    def sites(source: Source) -> list[Edit]:
        return [
            site
            for site in operator(name).sites(source, **dict(options))
            if f"{source.symbol(site.node)}.".startswith(f"{symbol}." if symbol else "")
            and where in source.text(source.statement(site.node))
        ]

    if (found := len(sites(parsed(code)))) == hits:
        for index in reversed(range(hits)):
            source = parsed(code)
            code = without_unused(code, apply(source, [sites(source)[index]]))
    return code, found


def symbols(source: Source) -> set[str]:
    """The dotted names of all classes and functions of a file."""
    import libcst as cst

    return {source.symbol(node) for kind in (cst.ClassDef, cst.FunctionDef) for node in source.find(kind)}


@dataclass(frozen=True)
class Variant:
    """One way to be wrong at a task."""

    name: str
    level: str  # "classic", "mid" or "senior"
    reason: str  # one line for the interviewer
    bindings: tuple[Binding, ...] = field(default=(), repr=False)
