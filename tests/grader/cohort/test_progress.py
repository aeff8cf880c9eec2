"""What is seen meanwhile: a bar at a terminal, plain lines elsewhere; the table at the end."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from grader.cohort import table
from grader.cohort.progress import Watch, duration, line
from grader.cohort.results import Result, Status

GOOD = Result("jane", "k", Status.GRADED, "", 5.04, 71, "pass", {"a": "pass", "b": "distinction"})
DEAD = Result("joe[red]", "k", Status.TIMED_OUT, "not graded within 300 s")


def console(*, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100, highlight=False)


def written(out: Console) -> str:
    file: io.StringIO = out.file  # type: ignore[assignment]
    return file.getvalue()


def test_a_result_is_a_line() -> None:
    assert line(GOOD).plain == "jane: pass 71  A pass  B distinction  5.0 s"
    assert line(DEAD).plain == "joe[red]: timed out, not graded within 300 s"
    cheat = Result("x", "k", Status.GRADED, "interfered with the grading", 1, 0, "fail", {}, honest=False)
    assert line(cheat).plain == "x: fail 0  (interfered with the grading)  1.0 s"


def test_a_pipe_gets_plain_lines() -> None:
    out = console()
    watch = Watch(out, 2, 1)
    with watch.watching():
        watch.tick()
        watch.show(GOOD)
        watch.show(DEAD)
    first, second = written(out).splitlines()
    assert first.startswith("[1/2] jane: pass 71") and first.endswith("left")
    assert second == "[2/2] joe[red]: timed out, not graded within 300 s"


def test_a_terminal_gets_a_bar_with_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    out = console(terminal=True)
    watch = Watch(out, 2, 1)
    with watch.watching():
        watch.show(GOOD)
    assert "1/2" in written(out) and "left" in written(out) and "\x1b[" in written(out)


def test_no_color_is_respected_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = console(terminal=True)
    watch = Watch(out, 2, 1)
    with watch.watching():
        watch.show(GOOD)
    assert written(out).startswith("[1/2] jane: pass 71") and "\x1b[3" not in written(out)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (59, "59 s"), (60, "1 min"), (3500, "58 min"), (3900, "1 h 5 min")]
)
def test_a_time_is_said_shortly(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_the_table_has_the_best_first_and_the_ungraded_last() -> None:
    out = console()
    table.show(out, [DEAD, Result("bob", "k", Status.GRADED, "", 1, 24, "fail", {"a": "fail"}), GOOD])
    head, *rows = [row.split() for row in written(out).splitlines()]
    assert head == ["submission", "verdict", "score", "A", "B", "note"]
    assert [row[0] for row in rows] == ["jane", "bob", "joe[red]"]
    assert rows[0][1:] == ["pass", "71", "pass", "dist."]
    assert rows[2][1:4] == ["timed", "out", "–"]
