"""Lays out edited statements the way a person would have written them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst
import libcst.matchers as m

LEAST, MOST = 79, 120  # a line's width: as wide as the file's own lines are, within reason


def width(code: str) -> int:
    """How wide the lines of a file may be."""
    return min(MOST, max([LEAST, *(len(line) for line in code.splitlines() if len(line) <= MOST)]))


def relaid(line: cst.CSTNode, indent: int, most: int) -> cst.CSTNode:
    """An edited statement without the comments that explained it, on one line where it fits on one."""
    if not isinstance(line, cst.SimpleStatementLine):
        return line
    line = line.with_changes(leading_lines=without_comments(line.leading_lines))
    if not m.matches(line.trailing_whitespace, m.TrailingWhitespace(comment=None)):
        line = line.with_changes(trailing_whitespace=cst.TrailingWhitespace())
    code = cst.Module([line.with_changes(leading_lines=[])]).code.rstrip("\n")
    if "\n" not in code or "#" in code or '"""' in code or re.search(r",\s*\n\s*[)\]}]", code):
        return line
    flat = line.visit(_Flattener())
    assert isinstance(flat, cst.SimpleStatementLine)
    joined = cst.Module([flat.with_changes(leading_lines=[])]).code.rstrip("\n")
    return flat if indent + len(joined) <= most and "\n" not in joined else line


def without_comments(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    return [line for line in lines if line.comment is None]


class _Flattener(cst.CSTTransformer):
    """Takes the line breaks out of brackets."""

    def leave_ParenthesizedWhitespace(
        self, original_node: cst.ParenthesizedWhitespace, updated_node: cst.ParenthesizedWhitespace
    ) -> cst.BaseParenthesizableWhitespace:
        return cst.SimpleWhitespace("")

    def leave_Comma(self, original_node: cst.Comma, updated_node: cst.Comma) -> cst.Comma:
        if m.matches(original_node.whitespace_after, m.ParenthesizedWhitespace()):
            return updated_node.with_changes(whitespace_after=cst.SimpleWhitespace(" "))
        return updated_node

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        """Brackets that only held the line breaks go with them; those of a tuple are its own."""
        value = original_node.value
        broken = value.lpar and isinstance(value.lpar[0].whitespace_after, cst.ParenthesizedWhitespace)
        if not broken or isinstance(value, cst.Tuple):
            return updated_node
        bare = updated_node.value.with_changes(lpar=value.lpar[1:], rpar=value.rpar[1:])
        return updated_node.with_changes(value=bare)


def closed_up(became: Sequence[tuple[cst.CSTNode, Sequence[cst.CSTNode]]]) -> list[cst.CSTNode]:
    """The statements of a block, each given with what came of it.

    Whatever is first now begins as the first did; a paragraph that lost its first statement still is one.
    """
    body: list[cst.CSTNode] = []
    owed = 0
    for old, new in became:
        if not new:
            owed = max(owed, blanks(old))
            continue
        first = new[0]
        if not body:
            first = spaced(first, min(blanks(first), blanks(became[0][0])))
        elif owed and not blanks(first):
            first = spaced(first, owed)
        body += [first, *new[1:]]
        owed = 0
    return body


def blanks(node: cst.CSTNode) -> int:
    """The blank lines above a statement."""
    lines: Sequence[cst.EmptyLine] = getattr(node, "leading_lines", ())
    return sum(line.comment is None for line in lines)


def spaced(node: cst.CSTNode, count: int) -> cst.CSTNode:
    """A statement with so many blank lines above it, and with the comments that it has."""
    if blanks(node) == count:
        return node
    comments = [line for line in getattr(node, "leading_lines", ()) if line.comment is not None]
    return node.with_changes(leading_lines=[cst.EmptyLine(indent=False)] * count + comments)
