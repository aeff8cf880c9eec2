"""A Python file as a syntax tree, with what operators ask of it: nodes by kind, parents, symbols, lines.

LibCST's metadata is complete and slow (positions alone cost more than parsing). A walk of its own makes the
two tables that every operator needs; positions are worked out only where there is a site to show.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache
from typing import TypeVar

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

Node = TypeVar("Node", bound=cst.CSTNode)
Function = cst.FunctionDef
Statement = (cst.SimpleStatementLine, cst.BaseCompoundStatement)


class Source:
    """One file. `path` is where it lies in its project, with forward slashes."""

    def __init__(self, code: str, path: str = "") -> None:
        """Parse. Raises libcst.ParserSyntaxError where the code is none."""
        self.path = path
        self.code = code
        self.module = cst.parse_module(code)
        self._parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._kinds: dict[type[cst.CSTNode], list[cst.CSTNode]] = defaultdict(list)
        self._index(self.module)

    def _index(self, node: cst.CSTNode) -> None:
        self._kinds[type(node)].append(node)
        for name in _fields(type(node)):
            value = getattr(node, name)
            for child in value if isinstance(value, (tuple, list)) else (value,):
                if isinstance(child, cst.CSTNode):
                    self._parents[child] = node
                    self._index(child)

    def find(self, kind: type[Node]) -> Iterator[Node]:
        """All nodes of a kind, in the order of the file."""
        return iter(self._kinds[kind])  # type: ignore[arg-type]

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self._parents.get(node)

    def above(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, from the inside out."""
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def around(self, node: cst.CSTNode, kind: type[Node]) -> Node | None:
        """The innermost node of a kind around a node."""
        return next((found for found in self.above(node) if isinstance(found, kind)), None)

    def statement(self, node: cst.CSTNode) -> cst.CSTNode:
        """The statement that a node is in, or is."""
        return next(n for n in (node, *self.above(node)) if isinstance(n, Statement))

    def symbol(self, node: cst.CSTNode) -> str:
        """The dotted name of the class and function that a node is in: `TaskCreateView.post`."""
        names = [
            found.name.value
            for found in (node, *self.above(node))
            if isinstance(found, (cst.FunctionDef, cst.ClassDef))
        ]
        return ".".join(reversed(names))

    def text(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node)

    def line(self, node: cst.CSTNode) -> int:
        return self._positions[node].start.line

    @cached_property
    def _positions(self) -> dict[cst.CSTNode, cst.metadata.CodeRange]:
        wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
        return dict(wrapper.resolve(PositionProvider))  # type: ignore[arg-type]


@lru_cache(maxsize=512)
def parsed(code: str) -> Source:
    """A file's tree; the same code is parsed once, and nobody changes a tree in place."""
    return Source(code)


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a kind of node that hold code and not its layout, decorators first as in the file."""
    names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    kept = [name for name in names if not _LAYOUT.search(name)]
    return tuple(sorted(kept, key=lambda name: name != "decorators"))


_LAYOUT = re.compile(
    r"whitespace|lines|^[lr](par|bracket|brace)$|comma$|semicolon|header|footer|indent$|^dot$|^equal$"
)
