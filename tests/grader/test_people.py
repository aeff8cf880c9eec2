"""Whoever is signed in keeps the cookies that answers set, as a browser would."""

from __future__ import annotations

from typing import Any, cast

import pytest

from grader.workers.agent.people import People

HELD = {"sessionid": "old", "csrftoken": "token"}


@pytest.fixture
def people() -> People:
    people = People(cast("Any", None))
    people.known[1] = {"cookies": dict(HELD), "headers": {"HTTP_X_CSRFTOKEN": "token"}}
    return people


@pytest.mark.parametrize(
    ("header", "held"),
    [
        ("sessionid=new; HttpOnly; Path=/", {**HELD, "sessionid": "new"}),
        ("seen=1", {**HELD, "seen": "1"}),
        ('sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0', {"csrftoken": "token"}),
        ("sessionid=; expires=Thu, 01 Jan 1970 00:00:00 GMT", {"csrftoken": "token"}),
        ("sessionid=new; Max-Age=1209600", {**HELD, "sessionid": "new"}),
        ("no cookie at all", HELD),
    ],
)
def test_what_an_answer_sets_or_deletes_is_so_from_then_on(
    people: People, header: str, held: dict[str, str]
) -> None:
    people.keep(1, [header])
    assert people.cookies(1) == held


def test_a_new_token_goes_along_as_a_header(people: People) -> None:
    people.keep(1, ["csrftoken=another"])
    assert people.known[1]["headers"] == {"HTTP_X_CSRFTOKEN": "another"}


def test_who_holds_no_cookies_keeps_none(people: People) -> None:
    people.keep(2, ["sessionid=new"])
    assert people.cookies(2) == {}
    assert people.cookies(None) == {}
