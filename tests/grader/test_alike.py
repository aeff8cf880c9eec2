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


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ('{"detail": "No such loan (reference c3d4)."}', True),
        ('{"detail": "This loan is not yours (reference c3d4)."}', False),
        ('{"detail": "No such loan."}', False),
        ('{"detail": null}', False),
    ],
)
def test_a_text_with_noise_in_it_still_says_what_it_says(text: str, same: bool) -> None:
    gone = ['{"detail": "No such loan (reference a1b2)."}', '{"detail": "No such loan (reference a9d8)."}']
    assert alike(text, gone) is same


def test_noise_in_a_word_ends_at_its_breaks() -> None:
    assert alike("gone/c3d4", ["gone/a1b2", "gone/a9d8"])
    assert not alike("forbidden/c3d4", ["gone/a1b2", "gone/a9d8"])
    assert alike("no loan 111,135", ["no loan 999,999", "no loan 888,888"])
    assert alike("id a1-c3", ["id 7f-a1", "id 7e-b2"])


def test_noise_of_several_words_is_framed_by_what_is_the_same() -> None:
    gone = ["no loan, after just a moment", "no loan, after two seconds"]
    assert alike("no loan, after a while", gone)
    assert not alike("not your loan, after a while", gone)


def test_nothing_is_like_nothing() -> None:
    assert alike("", ["", ""])
    assert alike("[]", ["[]", "[]"])
    assert not alike("[1]", ["[]", "[]"])
