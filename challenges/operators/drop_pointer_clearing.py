"""Drop the pointer's clearing: what was `thing.current = None`, with the `if` around it, is not done.

The pointer stays on what is over, and whoever follows it is sent there.
https://docs.djangoproject.com/en/5.2/ref/models/fields/#foreignkey
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import last_name
from challenges.injection.edits import Edit, remove
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("= None",)
EXAMPLES = [
    (
        """
        def a(loan, task):
            task.save()
            if loan.current_id == task.id:
                loan.current = None
                loan.save()
        """,
        """
        def a(loan, task):
            task.save()
        """,
    ),
    (
        """
        def a(loan):
            loan.current = None
            loan.save()
        """,
        """
        def a(loan):
            loan.save()
        """,
    ),
]
LEAVES = [
    "current = None\n",
    """
    class A:
        current = None
    """,
    """
    def __init__(self):
        self.current = None
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for line in source.find(cst.SimpleStatementLine):
        target = _cleared(line)
        function = source.around(line, cst.FunctionDef)
        if (
            target is None
            or function is None
            or f"{source.text(target.value)}.save(" not in source.text(function)
        ):
            continue
        around = source.around(line, cst.If)
        names = (f"{source.text(target)}_id", f"{source.text(target)}.", f"{source.text(target)} ")
        guarded = around and not around.orelse and any(n in f"{source.text(around.test)} " for n in names)
        yield remove(around if guarded and around else line)


def _cleared(line: cst.SimpleStatementLine) -> cst.Attribute | None:
    """`loan.current` of `loan.current = None`; an object's own attribute is most often no column."""
    small = line.body[0]
    if not isinstance(small, cst.Assign) or last_name(small.value) != "None":
        return None
    target = small.targets[0].target
    is_own = isinstance(target, cst.Attribute) and last_name(target.value) in ("self", "cls")
    return target if isinstance(target, cst.Attribute) and not is_own else None
