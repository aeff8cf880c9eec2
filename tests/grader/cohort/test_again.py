"""`python -m grader report`: every view anew from what is kept, with other weights, and nothing is run."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from grader import __main__ as front
from grader.cohort.again import kept
from grader.reports.reading.formats import formats
from tests.grader.cohort.conftest import Keep
from tests.grader.reports.conftest import CARDS


def report(*words: object) -> int:
    return front.main(["report", *map(str, words)])


def rubric(folder: Path, text: str) -> Path:
    file = folder / "rubric.toml"
    file.write_text(text)
    return file


def test_a_run_gets_every_view_anew(run: Path, keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    keep("one", "buggy")
    keep("two", "reference")
    keep("dead")
    words = [word for name in formats() for word in ("--format", name)]
    assert report(run, *words, "--for", "candidate", "--for", "interviewer") == 0
    said = capsys.readouterr().out
    assert said == f"{run}/index.html: 3 submissions, weighed and written anew.\n"
    for found in formats().values():
        for head in ("", "candidate-"):
            assert (run / "one" / f"{head}{found.file}").exists()
    assert "\x1b" not in (run / "one" / "report.txt").read_text()
    assert "b.two-creates-one-winner" not in (run / "one" / "candidate-report.html").read_text()


def test_a_rubric_changes_scores_and_leaves_what_is_kept(run: Path, keep: Keep, tmp_path: Path) -> None:
    keep("one", "buggy")
    before = (run / "one" / "scorecard.json").read_bytes()
    text = "[tasks]\nb = 0\nc = 0\nd = 0\ne = 0\n[grades]\nhire = 50\n"
    assert report(run, "--rubric", rubric(tmp_path, text), "--out", tmp_path / "new") == 0
    (row,) = csv.DictReader((tmp_path / "new" / "cohort.csv").read_text().splitlines())
    assert (row["score"], row["grade"], row["verdict"]) == ("55", "hire", "fail")
    assert "hire" in (tmp_path / "new" / "one" / "report.html").read_text()
    assert (run / "one" / "scorecard.json").read_bytes() == before
    assert not (run / "one" / "report.html").exists()


def test_one_scorecard_is_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert report(CARDS / "buggy.json") == 0
    said = capsys.readouterr().out
    assert said.startswith("buggy  fail  24 of 100") and "\x1b" not in said
    assert report(CARDS / "buggy.json", "--format", "markdown", "--for", "candidate") == 0
    assert capsys.readouterr().out.startswith("## buggy: fail, 24 of 100")
    assert report(CARDS / "buggy.json", "--format", "gradescope", "--out", tmp_path / "x") == 0
    assert (tmp_path / "x" / "results.json").exists()
    assert report(CARDS / "buggy.json", "--rubric", rubric(tmp_path, "[tasks]\na = 9\n")) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[points]\n"b.typo" = 1\n', "grader: --rubric: there is no b.typo in the scorecards."),
        ("[points", "is no TOML"),
    ],
)
def test_a_slip_in_a_rubric_is_one_line(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(CARDS / "buggy.json", "--rubric", rubric(tmp_path, text)) == 4
    assert said in capsys.readouterr().err


def test_a_rubric_may_name_tasks_that_were_not_graded(run: Path, keep: Keep, tmp_path: Path) -> None:
    keep("one", "insert-count-delete")
    assert report(run, "--rubric", rubric(tmp_path, "[tasks]\na = 2\nb = 1\n")) == 0


def test_what_is_no_run_is_said_to_be_so(
    run: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert report(run) == 4
    assert f"grader: {run} has no results yet." in capsys.readouterr().err
    assert report(tmp_path) == 4
    assert (
        f"{tmp_path} is no run: `python -m grader PATH… --out {tmp_path}` makes one."
        in capsys.readouterr().err
    )
    assert report(tmp_path / "nothing") == 4
    assert "nothing can't be read: No such file or directory." in capsys.readouterr().err


def test_a_folder_that_can_not_be_made_is_said_to_be_so(
    run: Path, keep: Keep, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep("one", "buggy")
    (tmp_path / "file").touch()
    assert report(run, "--out", tmp_path / "file") == 4
    assert "can't be written: " in capsys.readouterr().err


def test_results_that_are_half_there_are_left_out(run: Path, keep: Keep) -> None:
    keep("one", "buggy")
    keep("two", "buggy")
    (run / "two" / "result.json").write_text("{")
    assert [result.name for result in kept(run)] == ["one"]
