"""Loosen a bound by one: the least or the most of a validator or field (a model's migration follows).

https://docs.djangoproject.com/en/5.2/ref/validators/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import calls, expression, last_name
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "senior"
MIGRATIONS = True
LEAST = {"MinValueValidator", "MinLengthValidator", "min_value", "min_length"}
MOST = {"MaxValueValidator", "max_value"}
WORDS = (*sorted(LEAST), *sorted(MOST))
EXAMPLES = [
    (
        "a = IntegerField(validators=[MinValueValidator(1)])\n",
        "a = IntegerField(validators=[MinValueValidator(0)])\n",
    ),
    (
        "a = IntegerField(max_value=360)\n",
        "a = IntegerField(max_value=361)\n",
    ),
    (
        """
        class A:
            max_page_size = 1
            a = F(min_value=0)
        """,
        """
        class A:
            max_page_size = 1
            a = F(min_value=-1)
        """,
    ),
]
LEAVES = [
    "loan_id = IntegerField(min_value=1)\n",
    "a = IntegerField(max_value=limit)\n",
    "a = CharField(max_length=20)\n",
]


def edits(source: Source) -> Iterator[Edit]:
    for call in calls(source, LEAST | MOST):
        if call.args and isinstance(call.args[0].value, cst.Integer) and not call.args[0].keyword:
            yield _loosened(call.args[0].value, last_name(call.func))
    for arg in source.find(cst.Arg):
        named = arg.keyword.value if arg.keyword else ""
        if named in LEAST | MOST and isinstance(arg.value, cst.Integer) and not _is_id(source, arg):
            yield _loosened(arg.value, named)


def _is_id(source: Source, arg: cst.Arg) -> bool:
    """Whether a field is an id: there is no row 0 to be reached by a looser bound."""
    line = source.statement(arg)
    small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
    return isinstance(small, cst.Assign) and last_name(small.targets[0].target).split("_")[-1] in ("id", "pk")


def _loosened(number: cst.Integer, name: str) -> Edit:
    return edit(number, expression(str(number.evaluated_value + (1 if name in MOST else -1))))
