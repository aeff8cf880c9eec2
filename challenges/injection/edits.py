"""Carries out what operators propose, and mends the layout around it.

Only the statements that an edit touches are laid out anew: a call that fits on one line again is put on one,
a comment above goes (it explains what was there), a block does not begin with the blank line that stood below
what was removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import libcst as cst

from challenges.injection import layout
from challenges.injection.source import Source, Statement

New = cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]
REMOVE = cst.RemovalSentinel.REMOVE


@dataclass(frozen=True)
class Edit:
    """One site: the nodes to be replaced, each with what comes in its place.

    `about` is the part that is shown and pointed at, where it goes and what changes is larger.
    """

    changes: tuple[tuple[cst.CSTNode, New], ...]
    about: cst.CSTNode | None = None

    @property
    def node(self) -> cst.CSTNode:
        """Where the site is."""
        return self.about or self.changes[0][0]


def edit(node: cst.CSTNode, new: New, *more: tuple[cst.CSTNode, New]) -> Edit:
    """A site of one change, or of several that belong together."""
    return Edit(((node, new), *more))


def remove(*nodes: cst.CSTNode) -> Edit:
    return Edit(tuple((node, REMOVE) for node in nodes))


def apply(source: Source, edits: Iterable[Edit]) -> str:
    """The file's code with some edits carried out."""
    changes = {node: new for one in edits for node, new in one.changes}
    around = {above for node in changes for above in source.above(node)}
    carried = _Carrier(changes, around, layout.width(source.code))
    return source.module.visit(carried).code


class _Carrier(cst.CSTTransformer):
    """Replaces nodes by identity, and lays out what it has touched."""

    def __init__(self, changes: dict[cst.CSTNode, New], above: set[cst.CSTNode], width: int) -> None:
        super().__init__()
        self._changes, self._above, self._width = changes, above, width
        self._touched: set[cst.CSTNode] = set()
        self._around: list[cst.CSTNode] = []
        self._became: dict[cst.CSTNode, list[cst.CSTNode]] = {}  # statements, and what came of them

    def on_visit(self, node: cst.CSTNode) -> bool:
        self._around.append(node)
        return node in self._above

    def on_leave(self, original: cst.CSTNode, updated: cst.CSTNode) -> New:  # type: ignore[override]
        self._around.pop()
        new: New = updated
        if original in self._changes:
            self._touch()
            new = self._changes[original]
        if isinstance(original, Statement):
            return self._statement(original, new)
        if isinstance(original, (cst.IndentedBlock, cst.Module)) and original in self._touched:
            became = [(old, self._became.get(old, [old])) for old in original.body]
            return updated.with_changes(body=layout.closed_up(became))
        return new

    def _statement(self, original: cst.CSTNode, new: New) -> New:
        """Note what came of a statement; its block puts them together."""
        nodes = [] if new is REMOVE else list(new.nodes) if isinstance(new, cst.FlattenSentinel) else [new]
        if original in self._touched or original in self._changes:
            indent = sum(len(n.indent or "    ") for n in self._around if isinstance(n, cst.IndentedBlock))
            nodes = [layout.relaid(node, indent, self._width) for node in nodes if not _is_hollow(node)]
            if original in self._changes and nodes:
                nodes[0] = layout.spaced(nodes[0], layout.blanks(original))
        self._became[original] = nodes
        return new if nodes else REMOVE

    def _touch(self) -> None:
        """Mark the statement that is being edited, and the block that it is in."""
        for node in reversed(self._around):
            self._touched.add(node)
            if isinstance(node, (cst.IndentedBlock, cst.Module)):
                return


def _is_hollow(node: cst.CSTNode) -> bool:
    """Whether an edit has left a line without statements, or with `x = x`."""
    if not isinstance(node, cst.SimpleStatementLine):
        return False
    only = node.body[0] if len(node.body) == 1 else None
    if not isinstance(only, cst.Assign) or len(only.targets) != 1:
        return not node.body
    return isinstance(only.value, cst.Name) and only.targets[0].target.deep_equals(only.value)
