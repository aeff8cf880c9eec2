"""Lock in a transaction of its own: the lock is let go before anything is written.

https://docs.djangoproject.com/en/5.2/ref/models/querysets/#select-for-update
"""

from collections.abc import Iterator, Sequence

import libcst as cst

from challenges.injection.code import block, last_name, statements
from challenges.injection.edits import REMOVE, Edit, edit
from challenges.injection.locks import locked_reads
from challenges.injection.source import Source

LEVEL = "senior"
WORDS = ("select_for_update",)
ATOMIC = "with transaction.atomic():\n    pass\n"
EXAMPLES = [
    (
        """
        @transaction.atomic
        def a():
            b()
            loan = Loan.objects.select_for_update().get(id=1)
            go()
            end()
        """,
        """
        def a():
            b()
            with transaction.atomic():
                loan = Loan.objects.select_for_update().get(id=1)
            with transaction.atomic():
                go()
                end()
        """,
    ),
    (
        """
        with transaction.atomic():
            loan = Loan.objects.select_for_update().get(id=1)
            go()
        """,
        """
        with transaction.atomic():
            loan = Loan.objects.select_for_update().get(id=1)
        with transaction.atomic():
            go()
        """,
    ),
]
LEAVES = [
    """
    def a():
        loan = Loan.objects.select_for_update().get(id=1)
        go()
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for read in locked_reads(source):
        body = source.parent(read.line)
        owner = source.parent(body) if body else None
        if not isinstance(body, cst.IndentedBlock) or body.body[-1] is read.line:
            continue
        place = list(body.body).index(read.line)
        first, rest = body.body[:place], body.body[place + 1 :]
        if isinstance(owner, cst.With) and [last_name(i.item) for i in owner.items] == ["atomic"]:
            yield edit(owner, block([_atomic([*first, read.line]), _atomic(rest)]))
        elif isinstance(owner, cst.FunctionDef):
            for decorator in owner.decorators:
                if last_name(decorator.decorator) == "atomic" and "transaction" in source.text(decorator):
                    new = [*first, _atomic([read.line]), _atomic(rest)]
                    yield edit(body, body.with_changes(body=new), (decorator, REMOVE))


def _atomic(body: Sequence[cst.BaseStatement]) -> cst.BaseStatement:
    node = statements(ATOMIC)[0]
    assert isinstance(node, cst.With) and isinstance(node.body, cst.IndentedBlock)
    return node.with_changes(body=node.body.with_changes(body=body))
