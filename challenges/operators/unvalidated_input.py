"""Take input as it comes: `serializer.validated_data["x"]` becomes `request.data.get("x")`.

Words, nulls and ids out of range reach the database, or the error page.
https://www.django-rest-framework.org/api-guide/serializers/#validation
"""

from collections.abc import Iterator

import libcst as cst
import libcst.matchers as m

from challenges.injection.code import expression
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("validated_data",)
REQUESTS = {"request": "request", "self": "self.request"}
EXAMPLES = [
    (
        """
        def post(self, request):
            id = serializer.validated_data["id"]
        """,
        """
        def post(self, request):
            id = request.data.get("id")
        """,
    ),
    (
        """
        def perform_create(self, serializer):
            id = serializer.validated_data["id"]
        """,
        """
        def perform_create(self, serializer):
            id = self.request.data.get("id")
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
]
READ = m.Subscript(
    value=m.Attribute(attr=m.Name("validated_data")),
    slice=[m.SubscriptElement(slice=m.Index(value=m.SimpleString()))],
)


def edits(source: Source) -> Iterator[Edit]:
    for node in source.find(cst.Subscript):
        function = source.around(node, cst.FunctionDef)
        if (
            not function
            or not m.matches(node, READ)
            or isinstance(source.parent(node), (cst.AssignTarget, cst.Del))
        ):
            continue
        names = [param.name.value for param in function.params.params]
        request = next((code for name, code in REQUESTS.items() if name in names), "")
        is_view = "self" not in names or "serializer" in names or "request" in names
        if request and is_view:
            yield edit(node, expression(f"{request}.data.get({source.text(node.slice[0])})"))
