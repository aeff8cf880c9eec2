"""Strip a constraint from a model, and from the migration that adds it.

What the application checks by itself, two requests at once or a script can still get past.
https://docs.djangoproject.com/en/5.2/ref/models/constraints/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import assignments, last_name, with_items
from challenges.injection.edits import Edit, edit, remove
from challenges.injection.source import Source

LEVEL = "senior"
MIGRATIONS = True
WORDS = ("constraints",)
KINDS = ("UniqueConstraint", "CheckConstraint", "ExclusionConstraint")
EXAMPLES = [
    (
        """
        class Task(Model):
            class Meta:
                ordering = []
                constraints = [
                    UniqueConstraint(fields=["loan"], name="one"),
                ]
        """,
        """
        class Task(Model):
            class Meta:
                ordering = []
        """,
    ),
    (
        """
        class Task(Model):
            class Meta:
                constraints = [UniqueConstraint(name="a"), CheckConstraint(name="b")]
        """,
        """
        class Task(Model):
            class Meta:
                constraints = [CheckConstraint(name="b")]
        """,
    ),
]
LEAVES = [
    "constraints = [1, 2]\n",
    """
    class Meta:
        constraints = found()
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for line, assign in assignments(source, "constraints"):
        if not source.symbol(line).endswith("Meta") or not isinstance(assign.value, (cst.List, cst.Tuple)):
            continue
        elements = assign.value.elements
        for element in elements:
            if last_name(element.value) in KINDS:
                yield remove(line) if len(elements) == 1 else _shorter(assign.value, element)


def _shorter(value: cst.List | cst.Tuple, unwanted: cst.BaseElement) -> Edit:
    return edit(value, with_items(value, "elements", [e for e in value.elements if e is not unwanted]))
