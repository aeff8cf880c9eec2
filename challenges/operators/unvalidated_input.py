"""Take input as it comes: `serializer.validated_data["x"]` becomes `request.data.get("x")`, not validated.

Words, nulls and ids out of range reach the database, or the error page.
https://www.django-rest-framework.org/api-guide/serializers/#validation
"""

from collections.abc import Iterator

import libcst as cst
import libcst.matchers as m

from challenges.injection.code import expression, last_name
from challenges.injection.edits import REMOVE, Edit
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("validated_data",)
EXAMPLES = [
    (
        """
        def post(self, request):
            serializer = LoanSerializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            id = serializer.validated_data["id"]
        """,
        """
        def post(self, request):
            id = request.data.get("id")
        """,
    ),
]
LEAVES = [
    """
    def create(self, validated_data):
        return validated_data["id"]
    """,
    """
    def post(self, request):
        serializer.validated_data["id"] = 1
    """,
    """
    def post(self, request):
        serializer.is_valid()
        serializer.save()
        return serializer.validated_data["id"]
    """,
]
READ = m.Subscript(
    value=m.Attribute(value=m.Name(), attr=m.Name("validated_data")),
    slice=[m.SubscriptElement(slice=m.Index(value=m.SimpleString()))],
)


def edits(source: Source, key: str = "") -> Iterator[Edit]:
    """All that a function reads is a site; with `key` only that is, and the rest is still validated."""
    for function in source.find(cst.FunctionDef):
        if "request" not in [param.name.value for param in function.params.params]:
            continue
        reads = [node for node in source.find(cst.Subscript) if _is_read(source, node, function)]
        if key:
            wanted = [node for node in reads if source.text(node.slice[0]).strip("\"'") == key]
            yield from (Edit((_raw(source, node),)) for node in wanted)
        elif reads and (validation := _validation(source, function, reads)):
            gone = [(line, REMOVE) for line in validation]
            yield Edit((*(_raw(source, node) for node in reads), *gone))


def _is_read(source: Source, node: cst.Subscript, function: cst.FunctionDef) -> bool:
    is_target = isinstance(source.parent(node), (cst.AssignTarget, cst.Del))
    return source.around(node, cst.FunctionDef) is function and m.matches(node, READ) and not is_target


def _raw(source: Source, node: cst.Subscript) -> tuple[cst.CSTNode, cst.CSTNode]:
    return node, expression(f"request.data.get({source.text(node.slice[0])})")


def _validation(
    source: Source, function: cst.FunctionDef, reads: list[cst.Subscript]
) -> list[cst.SimpleStatementLine]:
    """The lines `serializer = …` and `serializer.is_valid(…)`, where it has no other use."""
    name = last_name(reads[0].value.value)  # type: ignore[attr-defined]
    uses = [
        n for n in source.find(cst.Name) if n.value == name and source.around(n, cst.FunctionDef) is function
    ]
    lines = [source.statement(use) for use in uses]
    begins = (f"{name} = ", f"{name}.is_valid(")
    found = [
        line
        for line in lines
        if isinstance(line, cst.SimpleStatementLine)
        and source.text(line.with_changes(leading_lines=[])).startswith(begins)
    ]
    return found if len(uses) == len(found) + len(reads) == 2 + len(reads) else []
