"""List all fields: a serializer's or form's `fields = [...]` becomes `"__all__"`.

What the client must not write is then written: mass assignment.
https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import assignments, expression
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("fields",)
EXAMPLES = [
    (
        """
        class A(ModelSerializer):
            class Meta:
                model = Loan
                fields = [
                    "id",
                ]
        """,
        """
        class A(ModelSerializer):
            class Meta:
                model = Loan
                fields = "__all__"
        """,
    ),
]
LEAVES = [
    """
    class A:
        class Meta:
            fields = "__all__"
    """,
    'fields = ["id"]\n',
    """
    class A:
        class Meta:
            fields = ["id"]
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for line, assign in assignments(source, "fields"):
        meta = source.around(line, cst.ClassDef)
        is_list = isinstance(assign.value, (cst.List, cst.Tuple)) and assign.value.elements
        if meta and meta.name.value == "Meta" and is_list and "model =" in source.text(meta.body):
            yield edit(assign.value, expression('"__all__"'))
