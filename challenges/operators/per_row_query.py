"""Query per row: a nested serializer of many rows becomes a method with a query of its own.

`.order_by()` and `.filter()` on what was prefetched ask the database again, once a row.
https://docs.djangoproject.com/en/5.2/ref/models/querysets/#prefetch-related
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import argument, last_name, statements
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "senior"
WORDS = ("many=True",)
EXAMPLES = [
    (
        """
        class A(serializers.ModelSerializer):
            tasks = TaskSerializer(many=True, read_only=True)
            b = 1
        """,
        """
        class A(serializers.ModelSerializer):
            tasks = serializers.SerializerMethodField()
            b = 1

            def get_tasks(self, instance):
                return TaskSerializer(instance.tasks.order_by("pk"), many=True).data
        """,
    ),
]
LEAVES = [
    """
    class A(serializers.Serializer):
        tasks = TaskSerializer(many=True)
    """,
    """
    def a():
        tasks = TaskSerializer(many=True, read_only=True)
    """,
    """
    class A(serializers.Serializer):
        tasks = TaskSerializer(source="a", many=True, read_only=True)
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for line in source.find(cst.SimpleStatementLine):
        small, body = line.body[0], source.parent(line)
        definition = source.parent(body) if body else None
        if not isinstance(small, cst.Assign) or not isinstance(small.value, cst.Call):
            continue
        call, name = small.value, last_name(small.targets[0].target)
        keywords = {arg.keyword.value for arg in call.args if arg.keyword}
        in_serializer = isinstance(definition, cst.ClassDef) and isinstance(body, cst.IndentedBlock)
        if not in_serializer or keywords != {"many", "read_only"} or len(call.args) != 2:
            continue
        if "serializers." not in source.code or argument(call, "many") is None:
            continue
        assert isinstance(body, cst.IndentedBlock)
        yield _with_method(source, line, small, body, name)


def _with_method(
    source: Source, line: cst.SimpleStatementLine, small: cst.Assign, body: cst.IndentedBlock, name: str
) -> Edit:
    field = statements(f"{name} = serializers.SerializerMethodField()")
    serializer = source.text(small.value.func)  # type: ignore[attr-defined]
    method = statements(
        f"def get_{name}(self, instance):\n"
        f'    return {serializer}(instance.{name}.order_by("pk"), many=True).data\n'
    )[0].with_changes(leading_lines=[cst.EmptyLine(indent=False)])  # type: ignore[call-arg]
    new = [field[0] if node is line else node for node in body.body]
    return edit(body, body.with_changes(body=[*new, method]))
