"""A result is kept whole, read back, and tells what it was made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cohort import results
from grader.cohort.child import Wish
from grader.cohort.results import Result, Status, key, of_scorecard, read, write
from tests.grader.reports.conftest import card


def test_what_is_written_is_read(tmp_path: Path) -> None:
    (tmp_path / results.SCORECARD).write_text("{}")
    for status in Status:
        made = Result("jane", "k", status, "why", 1.5, 40, "fail", {"a": "fail"}, honest=False)
        write(tmp_path, made)
        assert read(tmp_path) == made
    assert sorted(path.name for path in tmp_path.iterdir()) == [results.FILE, results.SCORECARD]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"status": "odd"}', '{"status": "graded"}', '{"name": 1}'])
def test_what_is_no_result_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / results.FILE).write_text(text)
    assert read(tmp_path) is None


def test_a_result_whose_scorecard_is_lost_is_none(tmp_path: Path) -> None:
    write(tmp_path, Result("jane", "k", Status.GRADED))
    assert read(tmp_path) is None


def test_the_key_changes_with_content_and_what_is_asked() -> None:
    assert Wish(("b", "a")).asked == Wish(("a", "b")).asked != Wish(("a",)).asked
    assert Wish().asked == () != Wish(baseline=Path("elsewhere")).asked
    assert len({key("x", []), key("y", []), key("x", ["a"])}) == 3


def test_the_machines_fault_is_not_final() -> None:
    assert [status for status in Status if not status.is_final] == [Status.MACHINE, Status.INCONCLUSIVE]


def test_a_scorecard_in_a_row() -> None:
    found = card("buggy")
    made = of_scorecard("jane", "k", 5.25, found)
    assert (made.status, made.score, made.verdict, made.note) == (Status.GRADED, 24, "fail", "")
    assert made.tasks == dict.fromkeys("abcde", "fail")
    found["tasks"]["a"]["checks"][0]["outcome"] = "inconclusive"
    unsure = of_scorecard("jane", "k", 5.25, found)
    assert (unsure.status, unsure.note) == (Status.INCONCLUSIVE, "1 checks were inconclusive: grade it again")
    found = {**card("buggy"), "integrity": {"ok": False, "findings": []}}
    assert of_scorecard("jane", "k", 1, found).note == "interfered with the grading"
