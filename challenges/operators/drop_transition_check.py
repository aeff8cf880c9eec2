"""Drop a check of a state transition: one condition of an `if` that sets a status, or of an UPDATE of it.

A thing then moves from a state that it should stay in.
https://cwe.mitre.org/data/definitions/841.html
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import last_name, method_calls, without_argument
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "senior"
STATES = ("status", "state", "stage", "phase")
WORDS = STATES
EXAMPLES = [
    (
        """
        if paid and free:
            loan.status = DONE
        """,
        """
        if paid:
            loan.status = DONE
        """,
    ),
    (
        "Loan.objects.filter(pk=loan.pk, status__in=OPEN).update(status=DONE)\n",
        "Loan.objects.filter(pk=loan.pk).update(status=DONE)\n",
    ),
]
LEAVES = [
    """
    if a and b:
        loan.amount = 1
    """,
    "Loan.objects.filter(status=NEW).update(status=DONE)\n",
    """
    if a or b:
        loan.status = DONE
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for node in source.find(cst.If):
        if any(f".{state} = " in source.text(node.body) for state in STATES):
            for test in _ands(node.test):
                yield edit(test, test.left)
                if not _is_and(test.left):
                    yield edit(test, test.right)
    for _, func in method_calls(source, ["update"]):
        rows = func.value
        if isinstance(rows, cst.Call) and last_name(rows.func) == "filter" and len(rows.args) > 1:
            for arg in rows.args:
                if arg.keyword and arg.keyword.value.split("__")[0] in STATES:
                    yield edit(rows, without_argument(rows, arg))


def _ands(test: cst.BaseExpression) -> Iterator[cst.BooleanOperation]:
    """The `and`s of a condition, from the outside in: `a and b and c` is `(a and b) and c`."""
    while isinstance(test, cst.BooleanOperation) and _is_and(test):
        yield test
        test = test.left


def _is_and(test: cst.BaseExpression) -> bool:
    return isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And)
