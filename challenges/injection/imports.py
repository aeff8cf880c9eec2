"""Takes out the imports that an edit has left without use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import with_items
from challenges.injection.edits import Edit, apply, edit, remove
from challenges.injection.source import Source, parsed

Alias = cst.ImportAlias
WORD = re.compile(r"[^\W\d]\w*")


def without_unused(before: str, after: str) -> str:
    """The code after an edit, without the imports that only the code before it used."""
    source, was, now = parsed(after), _uses(parsed(before)), _uses(parsed(after))
    edits = [found for node in _imports(source) if (found := _edit(node, source, was, now))]
    return apply(source, edits) if edits else after


def _imports(source: Source) -> Iterator[cst.Import | cst.ImportFrom]:
    yield from source.find(cst.Import)
    yield from source.find(cst.ImportFrom)


def _edit(
    node: cst.Import | cst.ImportFrom, source: Source, was: Counter[str], now: Counter[str]
) -> Edit | None:
    if isinstance(node.names, cst.ImportStar):
        return None
    kept = [alias for alias in node.names if now[bound(alias)] or not was[bound(alias)]]
    if len(kept) == len(node.names):
        return None
    if kept:
        return edit(node, with_items(node, "names", kept))
    line = source.parent(node)
    return remove(line if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else node)


def bound(alias: cst.ImportAlias) -> str:
    """The name that an import binds: `a` of `import a.b`, `c` of `import a as c`."""
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    name: cst.BaseExpression = alias.name
    while isinstance(name, cst.Attribute):
        name = name.value
    assert isinstance(name, cst.Name)
    return name.value


def _uses(source: Source) -> Counter[str]:
    """How often each name is used outside of imports; a word in a string may be an annotation or a path."""
    uses: Counter[str] = Counter()
    imported = {n for node in _imports(source) for n in _below(node)}
    for name in source.find(cst.Name):
        if name not in imported:
            uses[name.value] += 1
    for string in source.find(cst.SimpleString):
        if len(string.value) < 200:
            uses.update(WORD.findall(string.value))
    return uses


def _below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _below(child)
