"""Drop validators: a field's `validators=[…]`, in a model (its migration follows) or a serializer.

What gets into the table is what gets paid out.
https://docs.djangoproject.com/en/5.2/ref/validators/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import argument, last_name, without_argument
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "mid"
MIGRATIONS = True
WORDS = ("validators=",)
EXAMPLES = [
    (
        """
        amount = models.DecimalField(
            max_digits=10, validators=[MinValueValidator(1)]
        )
        """,
        "amount = models.DecimalField(max_digits=10)\n",
    ),
]
LEAVES = [
    "amount = models.DecimalField(max_digits=10)\n",
    "check(validators=[a])\n",
    "a = CharField(validators=[])\n",
]


def edits(source: Source) -> Iterator[Edit]:
    for call in source.find(cst.Call):
        unwanted = argument(call, "validators")
        if unwanted is not None and last_name(call).endswith("Field") and source.text(unwanted.value) != "[]":
            yield edit(call, without_argument(call, unwanted))
