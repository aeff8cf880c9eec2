"""The error rates count verdicts one by one, and what could not be graded is no success."""

from __future__ import annotations

import pytest

from challenges.audit.cases import Case, narrowed
from challenges.audit.proving import Proof, judge
from challenges.audit.rates import Rates, rates


def proof(stated: dict[str, str], given: dict[str, str], wrong: str = "") -> Proof:
    return Proof(Case("case", None, None, stated), wrong, given, [])


@pytest.mark.parametrize(
    ("stated", "given", "counted"),
    [
        ("fail", "fail", Rates(wrong=1)),
        ("fail", "pass", Rates(wrong=1, accepted=1)),
        ("fail", None, Rates(wrong=1, ungraded=1)),
        ("pass", "pass", Rates(right=1)),
        ("pass", "fail", Rates(right=1, refused=1)),
        ("pass", None, Rates(right=1, refused=1)),
        ("pass", "distinction", Rates(right=1, flattered=1)),
        ("distinction", "distinction", Rates(right=1)),
        ("distinction", "pass", Rates(right=1, marked_down=1)),
    ],
)
def test_a_verdict_counts_as_what_it_is(stated: str, given: str | None, counted: Rates) -> None:
    graded = {} if given is None else {"b": given}
    assert rates([proof({"b": stated}, graded)]) == counted
    assert bool(counted.errors) == (stated != given)


def test_a_mix_counts_once_for_each_task() -> None:
    mixed = {"a": "fail", "b": "distinction", "c": "pass"}
    assert rates([proof(mixed, mixed)]) == Rates(right=2, wrong=1)


def test_right_verdicts_for_other_reasons_are_an_error() -> None:
    counted = rates([proof({"b": "fail"}, {"b": "fail"}, wrong="b.two does not fail")])
    assert counted.errors == 1
    assert str(counted).splitlines()[-1] == "cases in which other checks fail than stated: 1"


def test_rates_are_said_in_two_lines_where_all_is_well() -> None:
    shown = str(rates([proof({"a": "fail", "b": "pass"}, {"a": "fail", "b": "pass"})]))
    assert shown.splitlines() == ["right fixes refused:  0 of 1", "wrong fixes accepted: 0 of 1"]


def test_a_case_is_narrowed_to_the_tasks_asked_for() -> None:
    case = Case("mix", None, None, {"a": "fail", "b": "pass"}, ["a.x", "b.y"])
    one = narrowed(case, ["b"])
    assert one is not None and (one.verdicts, one.fails) == ({"b": "pass"}, ["b.y"])
    assert narrowed(case, ["c"]) is None


def test_a_check_that_fails_unstated_is_said_with_what_was_seen() -> None:
    checks = [{"id": "b.one", "outcome": "failed", "observed": "two open tasks"}]
    card = {"tasks": {"b": {"verdict": "fail", "checks": checks}}, "integrity": {"findings": []}}
    case = Case("case", None, None, {"b": "fail"}, ["b.other"])
    assert judge(case, card).wrong == "b.one fails: two open tasks; b.other does not fail"


def test_a_check_that_wavers_may_fail_or_not() -> None:
    case = Case("b", None, None, {"b": "fail"}, fails=["b.one", "b.two"], wavers=("b.two",))
    checks = [{"id": f"b.{name}", "outcome": "failed", "observed": "two"} for name in ("one", "two")]
    for some in (checks, checks[:1]):
        card = {"tasks": {"b": {"verdict": "fail", "checks": some}}, "integrity": {"findings": []}}
        assert judge(case, card).wrong == ""
