"""Drop a statement: a `refresh_from_db()`, `full_clean()` or `save()` by itself, or one that is named.

What was read before a lock is out of date, what is not checked is not so, what is not saved is lost.
https://docs.djangoproject.com/en/5.2/ref/models/instances/#refreshing-objects-from-database
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import last_name
from challenges.injection.edits import Edit, remove
from challenges.injection.source import Source, Statement

LEVEL = "senior"
METHODS = WORDS = ("refresh_from_db", "full_clean", "check_object_permissions", "save")
EXAMPLES = [
    (
        """
        loan.status = 1
        loan.save()
        """,
        "loan.status = 1\n",
    ),
    (
        """
        lock()
        # Read again.
        task.refresh_from_db()
        """,
        "lock()\n",
    ),
]
LEAVES = [
    "task = form.save()\n",
    "save\n",
    "super().save()\n",
]


def edits(source: Source, code: str = "") -> Iterator[Edit]:
    """`code` is what the statement to be dropped begins with."""
    if code:
        yield from (remove(node) for node in _named(source, code))
        return
    for line in source.find(cst.SimpleStatementLine):
        call = line.body[0]
        if isinstance(call, cst.Expr) and isinstance(call.value, cst.Call):
            func = call.value.func
            is_method = isinstance(func, cst.Attribute) and "super()" not in source.text(func)
            if is_method and last_name(func) in METHODS:
                yield remove(line)


def _named(source: Source, code: str) -> Iterator[cst.CSTNode]:
    for kind in (cst.SimpleStatementLine, cst.If, cst.FunctionDef, cst.ClassDef):
        for node in source.find(kind):
            bare = node.with_changes(leading_lines=[])
            if isinstance(node, Statement) and source.text(bare).startswith(code):
                yield node
