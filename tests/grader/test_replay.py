"""A schedule's id is enough to run it once more, with the same outcome."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.scheduling.replay import Replay, parse
from tests.grader.test_command import CHECKOUT, grade
from tests.prove import lay_over

CHECK_BELOW_LOCK = CHECKOUT / "solutions" / "b_double_tasks" / "near_misses" / "not-exists-in-locking-query"
MOMENT = re.compile(r"in [\d.]+s")


@pytest.mark.parametrize(
    ("schedule", "identifier"),
    [
        (("A", "A", "B"), "same.2A.1B"),
        (("A", "A2", "A2", "B", "A"), "same.1A.2A2.1B.1A"),
        (("B",) * 12, "same.12B"),
    ],
)
def test_an_id_is_read_back(schedule: tuple[str, ...], identifier: str) -> None:
    assert Replay("same", schedule).id == identifier
    assert parse(identifier) == Replay("same", schedule)


@pytest.mark.parametrize("text", ["same", "same.", "same.A", "same.3C", "same.3A.x", "same.-1A", ""])
def test_what_is_no_id_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"an id looks like same\.1A\.4B\.2A"):
        parse(text)


def test_a_schedule_that_fails_is_shown_again_by_its_id(tmp_path: Path) -> None:
    tree = str(lay_over(CHECK_BELOW_LOCK, tmp_path / "jane"))
    found = re.search(r"--replay (\S+)", grade("--submission", tree, "--task", "b", "-x").stdout)
    assert found is not None
    runs = [grade("--submission", tree, "--replay", found[1], "-q") for _ in range(2)]
    assert [run.returncode for run in runs] == [1, 1]
    assert MOMENT.sub("", runs[0].stdout) == MOMENT.sub("", runs[1].stdout)
    for words in ("worker A", "(waits for A)", "both creates were accepted", "there is no verdict"):
        assert words in runs[0].stdout


def test_an_order_that_a_submission_does_not_have_is_said(tmp_path: Path) -> None:
    reference = str(CHECKOUT / "solutions" / "reference")
    done = grade("--submission", reference, "--replay", "same.4A.2B.1A.3B")
    assert done.returncode == 0
    assert "same.4A.2B.1A.3B does not fit this submission" in done.stdout


@pytest.mark.parametrize(
    ("identifier", "line"),
    [
        ("same.4X", "--replay: '4X' is no turn: an id looks like same.1A.4B.2A."),
        ("nope.3A", "--replay: there is no scene 'nope'; there are complete, later,"),
    ],
)
def test_an_id_that_is_wrong_gets_one_line(identifier: str, line: str) -> None:
    done = grade("--replay", identifier)
    assert done.returncode == 4
    assert line in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
