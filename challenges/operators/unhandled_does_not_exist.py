"""Leave DoesNotExist unhandled: `get_object_or_404()` becomes `.get()`, and a handler of DoesNotExist goes.

An id that does not exist is an error 500, with settings and code on the page where DEBUG is on.
https://docs.djangoproject.com/en/5.2/topics/http/shortcuts/#get-object-or-404
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import block, calls, with_items
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("get_object_or_404", "DoesNotExist")
EXAMPLES = [
    (
        "loan = get_object_or_404(Loan, id=1)\n",
        "loan = Loan.objects.get(id=1)\n",
    ),
    (
        "loan = get_object_or_404(Loan.objects.all(), id=1)\n",
        "loan = Loan.objects.all().get(id=1)\n",
    ),
    (
        """
        try:
            loan = Loan.objects.get(id=1)
        except Loan.DoesNotExist:
            raise Http404
        """,
        "loan = Loan.objects.get(id=1)\n",
    ),
]
LEAVES = [
    "loan = Loan.objects.get(id=1)\n",
    """
    try:
        a()
    except Loan.DoesNotExist:
        b()
    finally:
        c()
    """,
    "loan = get_object_or_404(*args)\n",
]


def edits(source: Source) -> Iterator[Edit]:
    for call in calls(source, ["get_object_or_404"]):
        first = call.args[0] if call.args else None
        if first is not None and not first.star and isinstance(call.func, cst.Name) and not first.keyword:
            start = first.value
            is_model = isinstance(start, cst.Name) and start.value[:1].isupper()
            rows = cst.Attribute(start, cst.Name("objects")) if is_model else start
            rest = with_items(call, "args", call.args[1:])
            yield edit(call, rest.with_changes(func=cst.Attribute(rows, cst.Name("get"))))
    for node in source.find(cst.Try):
        only = node.handlers[0] if len(node.handlers) == 1 else None
        if only is None or only.type is None or node.orelse or node.finalbody:
            continue
        if source.text(only.type).endswith("DoesNotExist") and isinstance(node.body, cst.IndentedBlock):
            yield edit(node, block(node.body.body))
