"""Drop an override of `save()`, `clean()` and the like, which keeps a rule below the views.

The admin, a script and the next endpoint do not go through the view that checks.
https://docs.djangoproject.com/en/5.2/topics/db/models/#overriding-predefined-model-methods
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.edits import Edit, remove
from challenges.injection.source import Source

LEVEL = "mid"
METHODS = ("save", "clean", "full_clean", "validate", "delete", "perform_create", "check_object_permissions")
WORDS = ("super()",)
EXAMPLES = [
    (
        """
        class Task(Model):
            a = 1

            def save(self):
                check(self)
                super().save()
        """,
        """
        class Task(Model):
            a = 1
        """,
    ),
]
LEAVES = [
    """
    class Task(Model):
        def save(self):
            self.a = 1
    """,
    """
    class Task(Model):
        def save(self):
            if self.done:
                raise Conflict
            super().save()
    """,
    """
    class Task(Model):
        def show(self):
            super().show()
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for function in source.find(cst.FunctionDef):
        name = function.name.value
        inside = source.around(function, cst.ClassDef) is not None
        is_override = inside and name in METHODS and f"super().{name}(" in source.text(function.body)
        if is_override and not _is_guard(source, function):
            yield remove(function)


def _is_guard(source: Source, function: cst.FunctionDef) -> bool:
    """Whether it only refuses, which is a site of `drop_guard` already."""
    lines = [source.text(node).strip() for node in function.body.body if isinstance(node, cst.If)]
    rest = [node for node in function.body.body if not isinstance(node, cst.If)]
    plain = all("super()" in source.text(node) or "= " in source.text(node) for node in rest)
    return bool(lines) and plain and len(rest) <= 2 and all("raise " in line for line in lines)
