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
        "class Task(Model):\n    a = 1\n\n    def save(self):\n        check(self)\n        super().save()\n",
        "class Task(Model):\n    a = 1\n",
    ),
]
LEAVES = [
    "class Task(Model):\n    def save(self):\n        self.a = 1\n",
    "class Task(Model):\n    def show(self):\n        super().show()\n",
]


def edits(source: Source) -> Iterator[Edit]:
    for function in source.find(cst.FunctionDef):
        name = function.name.value
        inside = source.around(function, cst.ClassDef) is not None
        if inside and name in METHODS and f"super().{name}(" in source.text(function.body):
            yield remove(function)
