"""Takes out what nobody uses any more once a bug is in: names, methods, modules.

The healthy app uses all that it defines, so a definition that has lost its last use tells what was there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import libcst as cst

from challenges.injection.code import base_names, last_name
from challenges.injection.edits import apply, remove
from challenges.injection.imports import without_unused
from challenges.injection.source import Source, parsed

WORD = re.compile(r"[^\W\d]\w*")


def without_leftovers(healthy: dict[str, str], tree: dict[str, str]) -> dict[str, str]:
    """The tree without definitions and modules that had a use in the healthy one and have none left."""
    used = _words(healthy.items())
    while True:
        now = _words(tree.items())
        cleaned = {path: _without(path, code, used, now) for path, code in tree.items()}
        if cleaned == tree:
            return {p: c for p, c in tree.items() if not _is_hollow(p, c) or _is_hollow(p, healthy[p])}
        tree = cleaned


def _words(files: Iterable[tuple[str, str]]) -> Counter[str]:
    """How often each word stands in the code, strings included, comments and migrations left out."""
    words: Counter[str] = Counter()
    for path, code in files:
        if path.endswith(".py") and not _is_migration(path):
            words.update(WORD.findall(re.sub(r"#.*", "", code)))
    return words


def _without(path: str, code: str, used: Counter[str], now: Counter[str]) -> str:
    if not path.endswith(".py") or _is_migration(path):
        return code
    source = parsed(code)
    unused = []
    for name, node in _definitions(source):
        if now[name] < used[name] and now[name] == _words([(path, source.text(node))])[name]:
            unused.append(node)
    return without_unused(code, apply(source, [remove(node) for node in unused])) if unused else code


def _definitions(source: Source) -> Iterator[tuple[str, cst.CSTNode]]:
    """What a module and its classes define; the fields of a class are the framework's to use."""
    for kind in (cst.FunctionDef, cst.ClassDef):
        for node in source.find(kind):
            if source.around(node, cst.FunctionDef) is None:
                yield node.name.value, node  # type: ignore[attr-defined]
    for line in source.find(cst.SimpleStatementLine):
        small = line.body[0]
        if isinstance(small, cst.Assign) and source.around(line, cst.FunctionDef) is None:
            name, inside = last_name(small.targets[0].target), source.around(line, cst.ClassDef)
            if inside is None or (name.isupper() and not _is_enumeration(inside)):
                yield name, line


def _is_enumeration(definition: cst.ClassDef) -> bool:
    return any(name.endswith(("Choices", "Enum")) for name in base_names(definition))


def _is_hollow(path: str, code: str) -> bool:
    """Whether a module defines and does nothing (an empty `__init__.py` is there for its folder)."""
    if not path.endswith(".py") or path.endswith("__init__.py"):
        return False
    harmless = (cst.Import, cst.ImportFrom, cst.Expr)
    return all(
        isinstance(line, cst.SimpleStatementLine) and all(isinstance(small, harmless) for small in line.body)
        for line in parsed(code).module.body
    )


def _is_migration(path: str) -> bool:
    return "/migrations/" in path
