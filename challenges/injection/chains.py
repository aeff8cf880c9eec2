"""Takes a call out of a chain of queryset calls so that what is left still is what it was used as."""

from __future__ import annotations

import libcst as cst

from challenges.injection.code import last_name
from challenges.injection.source import Source

SHORTCUTS = ("get_object_or_404", "get_list_or_404", "aget_object_or_404")


def stripped(source: Source, call: cst.Call, func: cst.Attribute) -> cst.BaseExpression:
    """`a.b` of `a.b.method()`. A manager is no queryset: where it would be left bare it gets its `.all()`."""
    left = _bare(source, call, func)
    if "\n" in source.text(left) and call.lpar:
        return left.with_changes(lpar=call.lpar, rpar=call.rpar)
    return left


def _bare(source: Source, call: cst.Call, func: cst.Attribute) -> cst.BaseExpression:
    left = func.value
    parent = source.parent(call)
    if isinstance(parent, cst.Attribute) or not isinstance(left, cst.Attribute):
        return left
    if isinstance(parent, cst.Arg) and last_name(source.parent(parent) or call) in SHORTCUTS:
        return left.value if left.attr.value == "objects" else left
    if left.attr.value.endswith(("queryset", "qs")):
        return left
    return cst.Call(cst.Attribute(left, cst.Name("all")))
