"""What differs between any two answers is noise; everything else tells."""

from __future__ import annotations

import pytest

from grader.alike import alike

GONE = ['{"detail": "Not found.", "request": "a1"}', '{"detail": "Not found.", "request": "b2"}']


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ('{"detail": "Not found.", "request": "c3"}', True),
        ('{"request": "c3", "detail": "Not found."}', True),
        ('{"detail": "Not yours.", "request": "c3"}', False),
        ('{"detail": "Not found.", "request": "c3", "owner": 1}', False),
        ('{"detail": "Not found."}', False),
        ("Not found.", False),
    ],
)
def test_json_is_compared_value_by_value(text: str, same: bool) -> None:
    assert alike(text, GONE) is same


def test_other_text_is_compared_word_by_word() -> None:
    assert alike("no loan at 10:03", ["no loan at 10:01", "no loan at 10:02"])
    assert not alike("not your loan", ["no loan at 10:01", "no loan at 10:02"])
    assert not alike("your loan", ["no loan", "no loan"])


def test_nothing_is_like_nothing() -> None:
    assert alike("", ["", ""])
    assert alike("[]", ["[]", "[]"])
    assert not alike("[1]", ["[]", "[]"])
