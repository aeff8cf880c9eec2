"""Make a protected field writable: it is no longer among the `read_only_fields`.

A client that may write the status pays out its own loan.
https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import assignments, with_items
from challenges.injection.edits import Edit, edit, remove
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("read_only_fields",)
EXAMPLES = [
    (
        """
        class A:
            class Meta:
                fields = ["a"]
                read_only_fields = ["a"]
        """,
        """
        class A:
            class Meta:
                fields = ["a"]
        """,
    ),
    (
        """
        class A:
            class Meta:
                read_only_fields = ["a", "b"]
        """,
        """
        class A:
            class Meta:
                read_only_fields = ["b"]
        """,
    ),
]
LEAVES = [
    """
    class A:
        class Meta:
            read_only_fields = found()
    """,
    'read_only_fields = ["a"]\n',
]


def edits(source: Source, field: str = "") -> Iterator[Edit]:
    """`field` is the one that becomes writable; otherwise each of them is a site."""
    for line, assign in assignments(source, "read_only_fields"):
        value = assign.value
        if not isinstance(value, (cst.List, cst.Tuple)) or not source.symbol(line):
            continue
        for element in value.elements:
            kept = [e for e in value.elements if e is not element]
            if field and source.text(element.value).strip("\"'") != field:
                continue
            yield edit(value, with_items(value, "elements", kept)) if kept else remove(line)
