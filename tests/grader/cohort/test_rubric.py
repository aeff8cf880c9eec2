"""A rubric weighs otherwise, and a slip in it is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cohort.rubric import Rubric, apply, read, unknown_names
from grader.errors import InputError
from grader.reports.reading.card import from_json
from tests.grader.reports.conftest import card


def test_points_weights_and_grades_count_and_verdicts_stay() -> None:
    found = from_json(card("buggy"))
    points = {check.id: 0 for check in found.tasks[0].checks if not check.passed}
    rubric = Rubric(points, {"b": 0, "c": 0, "d": 0, "e": 0}, {"hire": 70, "no": 0, "top": 100})
    made = apply(rubric, found)
    assert (made.tasks[0].score, made.score, made.grade) == (100, 100, "top")
    assert (made.verdict, made.tasks[0].verdict) == ("fail", "fail")
    assert apply(Rubric(), found).score == found.score


def test_weights_of_nothing_give_nothing() -> None:
    found = from_json(card("buggy"))
    assert apply(Rubric(tasks=dict.fromkeys("abcde", 0)), found).score == 0
    assert apply(Rubric({check.id: 0 for check in found.checks}), found).score == 0


def test_names_that_no_scorecard_has_are_found() -> None:
    rubric = Rubric({"b.typo": 3, "b.two-creates-one-winner": 4}, {"z": 1, "a": 1})
    assert unknown_names(rubric, [from_json(card("buggy"))]) == ["b.typo", "z"]


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "rubric.toml"
    file.write_text('[points]\n"b.x" = 4\n[tasks]\nb = 2.5\n[grades]\nhire = 70\n')
    assert read(file) == Rubric({"b.x": 4}, {"b": 2.5}, {"hire": 70})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[weights]\nx = 1\n", r"has \[weights\]; a rubric has \[points\], \[tasks\] and \[grades\]"),
        ("[points]\nx = -1\n", r"x in \[points\] is -1; a number of 0 or more is wanted"),
        ("[points]\nx = true\n", "is True"),
        ("points = 3\n", r"points is 3; a table is wanted: \[points\]"),
        ("points", "is no TOML"),
    ],
)
def test_a_slip_is_one_line(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "rubric.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        read(file)


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"rubric.toml can't be read: No such file"):
        read(tmp_path / "rubric.toml")
