"""Drop pagination: of a view, of the settings, or a paginator that a view calls by itself.

The answer then grows with the table.
https://www.django-rest-framework.org/api-guide/pagination/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import argument, assignments, expression, last_name, method_calls
from challenges.injection.edits import REMOVE, Edit, edit, remove
from challenges.injection.settings import dropped_keys
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("PAGINATION_CLASS", "paginat")
EXAMPLES = [
    (
        "class View:\n    def get(self, request):\n        pages = Pages()\n"
        "        page = pages.paginate_queryset(loans, request)\n        data = Loans(page).data\n"
        "        return pages.get_paginated_response(data)\n",
        "class View:\n    def get(self, request):\n        data = Loans(loans).data\n        return Response(data)\n",
    ),
    (
        "class View:\n    pagination_class = Pages\n    a = 1\n",
        "class View:\n    pagination_class = None\n    a = 1\n",
    ),
    ("class View(ListView):\n    a = 1\n    paginate_by = 20\n", "class View(ListView):\n    a = 1\n"),
    ('REST_FRAMEWORK = {"DEFAULT_PAGINATION_CLASS": "a.Pages"}\n', "REST_FRAMEWORK = {}\n"),
]
LEAVES = [
    "pagination_class = Pages\n",
    "class View:\n    pagination_class = None\n",
    "pages.paginate_queryset(a)\n",
]


def edits(source: Source) -> Iterator[Edit]:
    yield from dropped_keys(source, ("DEFAULT_PAGINATION_CLASS",))
    for line, assign in assignments(source, "pagination_class"):
        if source.symbol(line) and source.text(assign.value) != "None":
            yield edit(assign.value, expression("None"))
    for line, _ in assignments(source, "paginate_by"):
        if source.symbol(line):
            yield remove(line)
    for call, func in method_calls(source, ["paginate_queryset"]):
        function = source.around(call, cst.FunctionDef)
        line = source.statement(call)
        if function and isinstance(func.value, cst.Name) and call.args and _is_assignment(line):
            if found := _called_by_hand(source, function, line, call, func.value.value):
                yield found


def _is_assignment(line: cst.CSTNode) -> bool:
    return isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], cst.Assign)


def _called_by_hand(
    source: Source, function: cst.FunctionDef, line: cst.CSTNode, call: cst.Call, paginator: str
) -> Edit | None:
    """`paginator` goes, what it made a page of is used whole, and the answer is a plain one."""
    page = next(last_name(target.target) for target in line.body[0].targets)  # type: ignore[attr-defined]
    inside = [node for node in source.find(cst.Name) if source.around(node, cst.FunctionDef) is function]
    made = [
        found
        for found, _ in assignments(source, paginator)
        if source.around(found, cst.FunctionDef) is function
    ]
    answers = [
        c for c, f in method_calls(source, ["get_paginated_response"]) if last_name(f.value) == paginator
    ]
    pages = [node for node in inside if node.value == page and source.statement(node) is not line]
    used = [node for node in inside if node.value == paginator]
    if len(made) != 1 or len(answers) != 1 or len(used) != 3 or argument(call, "view") is call.args[0]:
        return None
    answer = answers[0].with_changes(func=cst.Name("Response"))
    return edit(
        line, REMOVE, (made[0], REMOVE), (answers[0], answer), *((n, call.args[0].value) for n in pages)
    )
