"""Small pieces of syntax that many operators look for or put in."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence

import libcst as cst

from challenges.injection.source import Source


def expression(code: str) -> cst.BaseExpression:
    return cst.parse_expression(code)


def statements(code: str) -> list[cst.CSTNode]:
    """The statements of a snippet, whatever it is indented by."""
    return list(cst.parse_module(textwrap.dedent(code).strip("\n") + "\n").body)


def block(body: Sequence[cst.CSTNode]) -> cst.FlattenSentinel[cst.CSTNode]:
    return cst.FlattenSentinel(body)


def last_name(node: cst.CSTNode) -> str:
    """`c` of `a.b.c`, `a.b.c()` and `c`; "" for anything else."""
    if isinstance(node, cst.Call):
        return last_name(node.func)
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def calls(source: Source, names: Iterable[str]) -> Iterator[cst.Call]:
    """The calls of functions or methods with one of these names."""
    wanted = set(names)
    return (call for call in source.find(cst.Call) if last_name(call.func) in wanted)


def method_calls(source: Source, names: Iterable[str]) -> Iterator[tuple[cst.Call, cst.Attribute]]:
    """The calls `x.name(…)`, each with its `x.name`."""
    for call in calls(source, names):
        if isinstance(call.func, cst.Attribute):
            yield call, call.func


def chain(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What a chain of calls is made of, from its end: `a.b().c()`, `a.b()`, `a`."""
    yield node
    while isinstance(node, (cst.Call, cst.Attribute)):
        node = node.func if isinstance(node, cst.Call) else node.value
        if not isinstance(node, cst.Attribute):
            yield node


def argument(call: cst.Call, keyword: str) -> cst.Arg | None:
    return next((arg for arg in call.args if arg.keyword and arg.keyword.value == keyword), None)


def with_items(node: cst.CSTNode, field: str, items: Sequence[cst.CSTNode]) -> cst.CSTNode:
    """A call, list, tuple, dict or import with these items; a comma after the last one goes or stays."""
    old = getattr(node, field)
    if items and old and items[-1] is not old[-1]:
        items = [*items[:-1], items[-1].with_changes(comma=old[-1].comma)]
    return node.with_changes(**{field: items})


def without(node: cst.CSTNode, field: str, keep: Callable[[cst.CSTNode], bool]) -> cst.CSTNode:
    """The node without those items of a field that are not to be kept."""
    return with_items(node, field, [item for item in getattr(node, field) if keep(item)])


def without_argument(call: cst.Call, unwanted: cst.Arg) -> cst.Call:
    kept = without(call, "args", lambda arg: arg is not unwanted)
    assert isinstance(kept, cst.Call)
    return kept


def assignments(source: Source, name: str) -> Iterator[tuple[cst.SimpleStatementLine, cst.Assign]]:
    """The statements `name = …`."""
    for line in source.find(cst.SimpleStatementLine):
        for small in line.body:
            if isinstance(small, cst.Assign) and any(last_name(t.target) == name for t in small.targets):
                yield line, small


def base_names(definition: cst.ClassDef) -> list[str]:
    return [last_name(base.value) for base in definition.bases]
