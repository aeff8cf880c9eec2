"""Strip the row lock: `select_for_update()` is taken out of a chain of queryset calls.

Two requests read the same row, both find it free, and both go on.
https://docs.djangoproject.com/en/5.2/ref/models/querysets/#select-for-update
"""

from collections.abc import Iterator

from challenges.injection.chains import stripped
from challenges.injection.code import method_calls
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("select_for_update",)
EXAMPLES = [
    (
        "loan = Loan.objects.select_for_update().get(id=1)\n",
        "loan = Loan.objects.get(id=1)\n",
    ),
    (
        """
        loan = get_object_or_404(
            Loan.objects.select_for_update(of=("self",)), id=1
        )
        """,
        "loan = get_object_or_404(Loan, id=1)\n",
    ),
]
LEAVES = [
    "select_for_update(loan)\n",
    """
    def select_for_update(self):
        pass
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for call, func in method_calls(source, WORDS):
        if "super()" not in source.text(func.value):
            yield edit(call, stripped(source, call, func))
