"""What is said of a limit that works: advice, which does not score."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from grader.calls import Answer, Person, creating
from grader.doors.limit import advise_on_limit

SOMEBODY = Person(1, "jane", 1, "10.1.0.1")
CALL = creating(SOMEBODY, 1)


def advised(retry: str = "", accepted: int = 60, *, queries: bool = True, forged: int = 429) -> list[str]:
    """The advice on a limit that refused after some creations."""
    statement: Any = SimpleNamespace(is_query=True)
    refusal = Answer(CALL, 429, "", (statement,) if queries else (), headers={"retry-after": retry})
    app: Any = SimpleNamespace(advice=[], call=lambda call: Answer(call, forged, ""))
    advise_on_limit(app, refusal, CALL, accepted)
    return list(app.advice)


@pytest.mark.parametrize("retry", ["", "60", "58", "Wed, 21 Oct 2015 07:28:00 GMT", "²"])
def test_a_limit_of_a_minute_needs_none(retry: str) -> None:
    assert advised(retry, 58) == []


def test_a_limit_of_a_second_lets_hundreds_through_in_a_minute() -> None:
    assert advised("1", 5) == [
        "The limit on task creations lets 5 through and says to come back after 1 s: "
        "unless another limit holds for longer, that is 300 a minute."
    ]


def test_a_limit_that_each_process_counts_is_as_many_limits() -> None:
    (said,) = advised(queries=False)
    assert said.endswith("by each process on its own: with four of them somebody gets four times as many.")


def test_a_limit_by_an_address_that_is_written_by_the_caller_is_none() -> None:
    (said,) = advised(forged=201)
    assert said.endswith("that the caller may write: with a forged X-Forwarded-For there is none.")
