"""Lock too late: the row is read without its lock, and locked only after the check or the first write.

Both requests have found it free by then.
https://cwe.mitre.org/data/definitions/367.html
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.edits import Edit, edit
from challenges.injection.locks import locked_reads
from challenges.injection.source import Source

LEVEL = "senior"
WORDS = ("select_for_update",)
EXAMPLES = [
    (
        """
        def a():
            loan = Loan.objects.select_for_update().get(id=1)
            if loan.busy:
                raise Conflict
            go()
        """,
        """
        def a():
            loan = Loan.objects.get(id=1)
            if loan.busy:
                raise Conflict
            loan = Loan.objects.select_for_update().get(id=1)
            go()
        """,
    ),
    (
        """
        def a():
            loan = Loan.objects.select_for_update().get(id=1)
            task = make(loan)
            go()
        """,
        """
        def a():
            loan = Loan.objects.get(id=1)
            task = make(loan)
            loan = Loan.objects.select_for_update().get(id=1)
            go()
        """,
    ),
]
LEAVES = [
    """
    def a():
        loan = Loan.objects.select_for_update().get(id=1)
        return loan
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for read in locked_reads(source):
        body = source.parent(read.line)
        if not isinstance(body, cst.IndentedBlock):
            continue
        rest = list(body.body)[list(body.body).index(read.line) + 1 :]
        check = next((n for n, node in enumerate(rest[:3]) if isinstance(node, cst.If)), 0)
        if len(rest) > check + 1:
            before = [node for node in body.body if node not in rest and node is not read.line]
            late = read.line.with_changes(leading_lines=[])
            new = [*before, read.unlocked(), *rest[: check + 1], late, *rest[check + 1 :]]
            yield edit(body, body.with_changes(body=new))
