"""Save all columns: `save(update_fields=[…])` becomes `save()`.

Columns that another request has changed meanwhile are written back as they were read.
https://docs.djangoproject.com/en/5.2/ref/models/instances/#specifying-which-fields-to-save
"""

from collections.abc import Iterator

from challenges.injection.code import argument, method_calls, without_argument
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "senior"
WORDS = ("update_fields",)
EXAMPLES = [
    (
        'loan.save(update_fields=["status"])\n',
        "loan.save()\n",
    ),
]
LEAVES = [
    "loan.save()\n",
    """
    def save(self, update_fields=None):
        pass
    """,
    "super().save(update_fields=a)\n",
]


def edits(source: Source) -> Iterator[Edit]:
    for call, func in method_calls(source, ["save", "asave"]):
        unwanted = argument(call, "update_fields")
        if unwanted is not None and "super()" not in source.text(func):
            yield edit(call, without_argument(call, unwanted))
