"""Drop the ownership filter: a lookup no longer asks for the caller's own rows.

Ids count up, so a loop finds everybody's.
https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.chains import SHORTCUTS
from challenges.injection.code import calls, last_name, without_argument
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "mid"
LOOKUPS = ("filter", "get", "aget", *SHORTCUTS)
WORDS = ("request.user",)
EXAMPLES = [
    (
        "loans = Loan.objects.filter(user=request.user)\n",
        "loans = Loan.objects.all()\n",
    ),
    (
        "loan = get_object_or_404(Loan, id=id, user=self.request.user)\n",
        "loan = get_object_or_404(Loan, id=id)\n",
    ),
]
LEAVES = [
    "user = User.objects.get(pk=request.user.pk)\n",
    "log(user=request.user)\n",
    "loans = Loan.objects.filter(user=user)\n",
    "own = Customer.objects.get(user=request.user)\n",
]


def edits(source: Source) -> Iterator[Edit]:
    for call in calls(source, LOOKUPS):
        for arg in call.args:
            if (
                not arg.keyword
                or "request.user" not in source.text(arg.value)
                or arg.keyword.value in ("pk", "id")
            ):
                continue
            shorter = without_argument(call, arg)
            if shorter.args:
                yield edit(call, shorter)
            elif last_name(call.func) == "filter" and isinstance(call.func, cst.Attribute):
                yield edit(call, shorter.with_changes(func=call.func.with_changes(attr=cst.Name("all"))))
