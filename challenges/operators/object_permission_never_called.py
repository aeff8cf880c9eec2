"""Never ask for the object's permission: `check_object_permissions()` goes, `get_object()` is done by hand.

Django REST framework does not call `has_object_permission()` by itself in an `APIView`.
https://www.django-rest-framework.org/api-guide/permissions/#object-level-permissions
"""

from collections.abc import Iterator

import libcst as cst
import libcst.matchers as m

from challenges.injection.code import expression, method_calls
from challenges.injection.edits import Edit, edit, remove
from challenges.injection.source import Source

LEVEL = "senior"
WORDS = ("check_object_permissions", "get_object()")
EXAMPLES = [
    (
        """
        def a(self):
            b = find()
            self.check_object_permissions(self.request, b)
        """,
        """
        def a(self):
            b = find()
        """,
    ),
    (
        """
        def a(self):
            b = self.get_object()
        """,
        """
        def a(self):
            b = self.get_queryset().get(pk=self.kwargs["pk"])
        """,
    ),
]
LEAVES = [
    """
    def check_object_permissions(self):
        pass
    """,
    "b = super().get_object()\n",
    "b = other.get_object()\n",
]


def edits(source: Source) -> Iterator[Edit]:
    for call, _ in method_calls(source, ["check_object_permissions"]):
        line = source.statement(call)
        if isinstance(line, cst.SimpleStatementLine) and "super()" not in source.text(call):
            yield remove(line)
    for call, func in method_calls(source, ["get_object"]):
        if m.matches(func.value, m.Name("self")) and not call.args:
            yield edit(call, expression('self.get_queryset().get(pk=self.kwargs["pk"])'))
