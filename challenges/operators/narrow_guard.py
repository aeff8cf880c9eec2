"""Narrow a guard: one of several conditions that refuse is left out, or all but the first of a list.

The case that was forgotten goes through.
https://cwe.mitre.org/data/definitions/754.html
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "senior"
WORDS = ("raise ",)
EXAMPLES = [
    (
        """
        if a or b:
            raise Conflict
        """,
        """
        if a:
            raise Conflict
        """,
    ),
    (
        """
        if loan.status in (DONE, REJECTED):
            raise Conflict
        """,
        """
        if loan.status == DONE:
            raise Conflict
        """,
    ),
]
LEAVES = [
    """
    if a and b:
        raise Conflict
    """,
    """
    if a or b:
        go()
    """,
    """
    if a in b:
        raise Conflict
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for node in source.find(cst.If):
        body = node.body.body
        if len(body) != 1 or not source.text(body[0]).strip().startswith("raise "):
            continue
        test = node.test
        if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.Or):
            yield edit(test, test.left)
            yield edit(test, test.right)
        elif isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
            yield from _first_only(test)


def _first_only(test: cst.Comparison) -> Iterator[Edit]:
    target = test.comparisons[0]
    if not isinstance(target.operator, cst.In) or not isinstance(
        target.comparator, (cst.List, cst.Tuple, cst.Set)
    ):
        return
    if len(elements := target.comparator.elements) > 1:
        equal = target.with_changes(operator=cst.Equal(), comparator=elements[0].value)
        yield edit(test, test.with_changes(comparisons=[equal]))
