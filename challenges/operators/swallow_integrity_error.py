"""Swallow an IntegrityError: what the handler did about it, it does no more; or it lost its savepoint.

Inside `atomic` every later query of the transaction then fails, too.
https://docs.djangoproject.com/en/5.2/topics/db/transactions/#django.db.transaction.atomic
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import last_name, statements
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "senior"
WORDS = ("IntegrityError",)
EXAMPLES = [
    (
        """
        try:
            a.save()
        except IntegrityError as error:
            raise Conflict() from error
        """,
        """
        try:
            a.save()
        except IntegrityError:
            pass
        """,
    ),
    (
        """
        try:
            with transaction.atomic():
                a.save()
        except IntegrityError:
            pass
        """,
        """
        try:
            a.save()
        except IntegrityError:
            pass
        """,
    ),
]
LEAVES = [
    """
    try:
        a.save()
    except IntegrityError:
        pass
    """,
    """
    try:
        a.save()
    except ValueError:
        raise
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for handler in source.find(cst.ExceptHandler):
        attempt = source.parent(handler)
        if handler.type is None or last_name(handler.type) != "IntegrityError":
            continue
        assert isinstance(attempt, cst.Try)
        body = attempt.body.body
        if source.text(handler.body).strip() != "pass":
            nothing = handler.body.with_changes(body=statements("pass"))
            yield edit(handler, handler.with_changes(name=None, body=nothing))
        only = body[0] if len(body) == 1 else None
        if isinstance(only, cst.With) and [last_name(i.item) for i in only.items] == ["atomic"]:
            yield edit(attempt.body, attempt.body.with_changes(body=only.body.body))
