"""Skip the timestamp: `thing.done_at = timezone.now()` is left out.

What happened is recorded, and when it happened is not.
https://docs.djangoproject.com/en/5.2/topics/i18n/timezones/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.edits import Edit, remove
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("now()",)
NOW = ("timezone.now()", "now()", "datetime.now()", "datetime.utcnow()", "datetime.datetime.now()")
EXAMPLES = [
    (
        """
        def a(task):
            task.done_at = timezone.now()
            task.save()
        """,
        """
        def a(task):
            task.save()
        """,
    ),
]
LEAVES = [
    """
    def a():
        now = timezone.now()
    """,
    """
    def a(task):
        task.done_at = later
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for line in source.find(cst.SimpleStatementLine):
        small = line.body[0]
        is_written = isinstance(small, cst.Assign) and isinstance(small.targets[0].target, cst.Attribute)
        if is_written and source.text(small.value) in NOW:  # type: ignore[attr-defined]
            yield remove(line)
