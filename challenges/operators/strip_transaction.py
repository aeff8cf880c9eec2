"""Strip the transaction: `transaction.atomic` goes, as a decorator or as a block.

What fails halfway leaves half of it, and a row lock ends with its statement.
https://docs.djangoproject.com/en/5.2/topics/db/transactions/#django.db.transaction.atomic
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import block, last_name, without
from challenges.injection.edits import Edit, edit, remove
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("atomic",)
EXAMPLES = [
    (
        """
        @transaction.atomic
        def post(self):
            pass
        """,
        """
        def post(self):
            pass
        """,
    ),
    (
        """
        with transaction.atomic():
            a()
            b()
        """,
        """
        a()
        b()
        """,
    ),
    (
        """
        with transaction.atomic(), lock(1):
            a()
        """,
        """
        with lock(1):
            a()
        """,
    ),
]
LEAVES = [
    """
    with open(name):
        a()
    """,
    "atomic = True\n",
    """
    @decorated
    def post():
        pass
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for decorator in source.find(cst.Decorator):
        if last_name(decorator.decorator) == "atomic":
            yield remove(decorator)
    for node in source.find(cst.With):
        others = [item for item in node.items if last_name(item.item) != "atomic"]
        if len(others) == len(node.items) or any(item.asname for item in node.items if item not in others):
            continue
        if others:
            yield edit(node, without(node, "items", lambda item, kept=others: item in kept))  # type: ignore[misc]
        elif isinstance(node.body, cst.IndentedBlock):
            yield edit(node, block(node.body.body))
