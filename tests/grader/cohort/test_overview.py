"""The page that compares: everybody in it, sortable, safe; and the same as CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from grader.cohort import overview
from grader.cohort.compare import FEWEST_PIECES, compare
from grader.cohort.rubric import Rubric
from grader.errors import InputError
from tests.grader.cohort.conftest import Keep
from tests.grader.reports.conftest import ATTACK
from tests.grader.reports.pages import Page


def marks(start: int, count: int = 40) -> dict[str, Any]:
    return {"pieces": [f"{number:x}" for number in range(start, start + count)], "diff": f"+{ATTACK}"}


def test_everybody_has_a_row_and_the_best_is_first(run: Path, keep: Keep) -> None:
    found = [
        keep("bad", "buggy"),
        keep("dead"),
        keep("good", "reference"),
        keep("part", "insert-count-delete"),
    ]
    made = compare(run, found)
    assert [entry.result.name for entry in made.entries] == ["good", "part", "bad", "dead"]
    columns = {column.id: column for column in made.columns}
    assert len(columns) == 51
    winner = columns["b.two-creates-one-winner"]
    assert (winner.passed, winner.graded, winner.rate) == (1, 3, 33)
    assert (columns["a.the-answer-is-bounded"].graded) == 2
    assert [column.task for column in made.columns] == sorted(column.task for column in made.columns)


def test_similar_solutions_are_paired(run: Path, keep: Keep) -> None:
    found = [
        keep("one", "buggy", marks(0)),
        keep("two", "buggy", marks(5)),
        keep("far", "buggy", marks(500)),
        keep("short", "buggy", marks(0, FEWEST_PIECES - 1)),
        keep("short2", "buggy", marks(0, FEWEST_PIECES - 1)),
    ]
    assert [(pair.one, pair.other, pair.share) for pair in compare(run, found).pairs] == [("one", "two", 78)]


def test_the_page_is_safe_and_has_everything(run: Path, keep: Keep) -> None:
    found = [keep("one", "buggy", marks(0)), keep("two", "reference", marks(1)), keep("dead")]
    overview.write(run, found)
    text = (run / overview.PAGE).read_text()
    made = Page(text)
    assert "onerror=alert(2)>" not in text and "script-src &#x27;sha256-" in text
    assert len(made.all("script")) == 1
    assert made.all("script") == [{}]
    assert {"href": "one/report.html"} in made.all("a")
    assert "one and two: 95 % in common" in made.text
    assert "its grading ended with SIGSEGV" in made.text
    assert made.text.count("Nobody gets in without") == 0 and "How many pass each check" in made.text
    assert all("aria-label" in attributes for attributes in made.all("pre"))


def test_the_table_has_a_line_each(run: Path, keep: Keep) -> None:
    overview.write(
        run, [keep("one", "buggy"), keep("dead")], Rubric(tasks={"a": 1, "b": 0, "c": 0, "d": 0, "e": 0})
    )
    head, one, dead = csv.reader(io.StringIO((run / overview.TABLE).read_text()))
    row = dict(zip(head, one, strict=True))
    assert (row["submission"], row["score"], row["verdict b"]) == ("one", "55", "fail")
    assert row["b.two-creates-one-winner"] == "failed"
    assert dict(zip(head, dead, strict=True))["status"] == "crashed"


def test_a_long_diff_is_cut_beside_another(run: Path, keep: Keep) -> None:
    long = {**marks(0), "diff": "+x\n" * 9_000}
    overview.write(run, [keep("one", "buggy", long), keep("two", "buggy", long)])
    assert (run / overview.PAGE).stat().st_size < 200_000


def test_a_scorecard_that_can_not_be_read_is_said_to_be_so(run: Path, keep: Keep) -> None:
    found = [keep("one", "buggy")]
    (run / "one" / "scorecard.json").write_text("{")
    with pytest.raises(InputError, match=r"one/scorecard.json can't be read"):
        compare(run, found)
    (run / "one" / "scorecard.json").write_text("[]")
    with pytest.raises(InputError, match=r"one/scorecard.json is no scorecard"):
        compare(run, found)
