"""Strip eager loading: `select_related()` or `prefetch_related()` is taken out of a chain of queryset calls.

Each row then reads its relations by itself: one more query a row and relation.
https://docs.djangoproject.com/en/5.2/topics/db/optimization/
"""

from collections.abc import Iterator

from challenges.injection.chains import stripped
from challenges.injection.code import method_calls
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "mid"
METHODS = WORDS = ("select_related", "prefetch_related")
EXAMPLES = [
    (
        'loans = Loan.objects.select_related("user").filter(a=1)\n',
        "loans = Loan.objects.filter(a=1)\n",
    ),
    (
        'loans = Loan.objects.prefetch_related("tasks")\n',
        "loans = Loan.objects.all()\n",
    ),
    (
        """
        loans = find()
        loans = loans.select_related("user")
        """,
        "loans = find()\n",
    ),
    (
        """
        loans = (
            Loan.objects.filter(a=1)
            .order_by("a")
            .prefetch_related(Prefetch("b"))
        )
        """,
        'loans = Loan.objects.filter(a=1).order_by("a")\n',
    ),
]
LEAVES = [
    "select_related = Loan.objects.all()\n",
    "loans = Loan.objects.select_related(None)\n",
    """
    def select_related(self):
        return self
    """,
]


def edits(source: Source, method: str = "") -> Iterator[Edit]:
    """`method` is the one that goes; otherwise either is a site."""
    for call, func in method_calls(source, [method] if method else METHODS):
        undoes = len(call.args) == 1 and source.text(call.args[0]) == "None"
        if not undoes and "super()" not in source.text(func.value):
            yield edit(call, stripped(source, call, func))
