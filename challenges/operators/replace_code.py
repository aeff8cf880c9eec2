"""Replace a statement or an expression by a small snippet: for what no removal can express.

It finds nothing by itself: a challenge says what is replaced, and by what.
https://libcst.readthedocs.io/en/latest/nodes.html
"""

import ast
from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import block, expression, statements
from challenges.injection.edits import REMOVE, Edit, edit
from challenges.injection.source import Source

LEVEL = "senior"
WORDS: tuple[str, ...] = ()
OPTIONS = {"old": "loan.start(task)", "new": "loan.task = task\nloan.save()"}
EXAMPLES = [
    (
        """
        if a:
            loan.start( task )
        """,
        """
        if a:
            loan.task = task
            loan.save()
        """,
    ),
]
LEAVES = [
    "other.start(task)\n",
]


def edits(source: Source, old: str, new: str) -> Iterator[Edit]:
    """Each place whose syntax is that of `old`, one or more whole statements or an expression."""
    wanted = statements(old)
    found = list(_runs(source, wanted))
    for run in found:
        yield edit(run[0], block(statements(new)), *((node, REMOVE) for node in run[1:]))
    if not found and len(wanted) == 1:
        yield from _expressions(source, old, new)


def _runs(source: Source, wanted: list[cst.CSTNode]) -> Iterator[list[cst.CSTNode]]:
    shapes = [_shape(node) for node in wanted]
    for kind in (cst.Module, cst.IndentedBlock):
        for body in source.find(kind):
            nodes: list[cst.CSTNode] = list(body.body)  # type: ignore[attr-defined]
            for start in range(len(nodes) - len(wanted) + 1):
                run = nodes[start : start + len(wanted)]
                if [_shape(node) for node in run] == shapes:
                    yield run


def _expressions(source: Source, old: str, new: str) -> Iterator[Edit]:
    try:
        wanted = expression(old.strip())
    except cst.ParserSyntaxError:
        return
    shape = _shape(wanted)
    for node in source.find(type(wanted)):
        if _shape(node) == shape:
            yield edit(node, expression(new.strip()))


def _shape(node: cst.CSTNode) -> str:
    """What a piece of code says, without its layout and comments."""

    bare = node.with_changes(leading_lines=[]) if hasattr(node, "leading_lines") else node
    code = cst.Module([]).code_for_node(bare)
    try:
        return ast.dump(ast.parse(code.strip()))
    except SyntaxError:
        return code
