"""Build the locked query and never run it: querysets are lazy, so nothing is locked.

https://docs.djangoproject.com/en/5.2/ref/models/querysets/#when-querysets-are-evaluated
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import block
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
            go(loan)
        """,
        """
        def a():
            Loan.objects.select_for_update().filter(id=1)
            loan = Loan.objects.get(id=1)
            go(loan)
        """,
    ),
    (
        """
        def a():
            loan = get_object_or_404(Loan.objects.select_for_update(), id=1)
        """,
        """
        def a():
            Loan.objects.select_for_update().filter(id=1)
            loan = get_object_or_404(Loan, id=1)
        """,
    ),
]
LEAVES = [
    "loans = list(Loan.objects.select_for_update())\n",
    "loan = Loan.objects.get(id=1)\n",
]


def edits(source: Source) -> Iterator[Edit]:
    for read in locked_reads(source):
        lazy = cst.SimpleStatementLine([cst.Expr(read.lazily())])
        yield edit(read.line, block([lazy, read.unlocked()]))
