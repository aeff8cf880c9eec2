"""Drop a paginator that a view calls by itself: everything is shown at once.

The answer then grows with the table.
https://www.django-rest-framework.org/api-guide/pagination/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import assignments, last_name, method_calls
from challenges.injection.edits import REMOVE, Edit, edit
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("paginate_queryset",)
EXAMPLES = [
    (
        """
        from rest_framework.response import Response

        def get(self, request):
            pages = Pages()
            page = pages.paginate_queryset(loans, request)
            data = Loans(page).data
            return pages.get_paginated_response(data)
        """,
        """
        from rest_framework.response import Response

        def get(self, request):
            data = Loans(loans).data
            return Response(data)
        """,
    ),
]
LEAVES = ["pages.paginate_queryset(a)\n", "def a():\n    page = self.paginate_queryset(b)\n"]


def edits(source: Source) -> Iterator[Edit]:
    for call, func in method_calls(source, WORDS):
        line, function = source.statement(call), source.around(call, cst.FunctionDef)
        if function and isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], cst.Assign):
            page = last_name(line.body[0].targets[0].target)
            changes = _changes(source, function, last_name(func.value), page, call)
            if changes and "import Response" in source.code:
                yield edit(line, REMOVE, *changes)


def _changes(
    source: Source, function: cst.FunctionDef, paginator: str, page: str, call: cst.Call
) -> list[tuple[cst.CSTNode, cst.CSTNode | cst.RemovalSentinel]]:
    """The paginator goes, what it made a page of is used whole, and the answer is a plain one."""
    inside = [node for node in source.find(cst.Name) if source.around(node, cst.FunctionDef) is function]
    made = [
        line for line, _ in assignments(source, paginator) if source.around(line, cst.FunctionDef) is function
    ]
    answers = [
        answer
        for answer, func in method_calls(source, ["get_paginated_response"])
        if last_name(func.value) == paginator and source.around(answer, cst.FunctionDef) is function
    ]
    if len(made) != 1 or len(answers) != 1 or sum(node.value == paginator for node in inside) != 3:
        return []
    own = source.statement(call)
    pages = [node for node in inside if node.value == page and source.statement(node) is not own]
    plain = answers[0].with_changes(func=cst.Name("Response"))
    return [(made[0], REMOVE), (answers[0], plain), *((node, call.args[0].value) for node in pages)]
