"""`python -m challenges audit` as a person runs it; its grading part is what CI runs."""

from __future__ import annotations

import argparse

import pytest

from challenges.audit import proving, static
from challenges.audit.cases import Case
from challenges.cli import main
from challenges.commands import audit
from challenges.injection.checking import Report, Trial
from challenges.injection.project import Site


def test_the_kit_has_no_fault_that_can_be_seen_without_grading() -> None:
    assert static.faults() == []


def test_a_fault_is_printed_and_makes_the_exit_code_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "faults", lambda only: ["why.md is missing."])
    assert main(["audit", "--no-grading"]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown == ["FAIL why.md is missing.", "files and texts: 1 faults", "audit: 1 errors"]


def test_without_a_fault_the_exit_code_is_0(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "faults", lambda only: [])
    assert main(["audit", "--no-grading", "--task", "b", "--task", "c-one-active-task"]) == 0
    assert capsys.readouterr().out.endswith("audit: all holds\n")


def test_grading_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "faults", lambda only: [])
    monkeypatch.setattr(audit, "graded", lambda tasks, jobs: 2 if (tasks, jobs) == (["b"], 3) else 0)
    assert audit.run(argparse.Namespace(task=["b"], jobs=3, no_grading=False, kill_rate=False)) == 1


def test_each_case_is_a_line_and_the_rates_are_the_last_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Case("b_double_tasks/alternatives/x", None, None, {"b": "distinction"})
    wrong = Case("b_double_tasks/near_misses/y", None, None, {"b": "fail"})
    other = Case("c_one_active_task/near_misses/z", None, None, {"c": "fail"})
    given = {right.name: ("b is fail, not distinction", {"b": "fail"}), wrong.name: ("", {"b": "fail"})}
    monkeypatch.setattr(audit, "faults", lambda only: [])
    monkeypatch.setattr(audit, "cases", lambda: iter([right, wrong, other]))
    monkeypatch.setattr(audit, "open_cases", lambda tasks: {"b_double_tasks/near_misses/o": "a look"})
    monkeypatch.setattr(proving, "prove", lambda case: proving.Proof(case, *given[case.name], []))
    assert main(["audit", "--task", "b"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "files and texts: 0 faults",
        "FAIL b_double_tasks/alternatives/x: b is fail, not distinction",
        "ok   b_double_tasks/near_misses/y",
        "right fixes refused:  1 of 1",
        "wrong fixes accepted: 0 of 1",
        "open: b_double_tasks/near_misses/o is judged wrongly: a look",
        "audit: 1 errors",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--task", "b_dubble_tasks"], "There is no task 'b_dubble_tasks'; did you mean 'b_double_tasks'?"),
        (["--jobs", "0"], "--jobs takes a number of trees, 1 or more."),
        (["--jobs", "many"], "Argument --jobs: invalid int value: 'many'"),
        (["--taks", "b"], "Unrecognized arguments: --taks b"),
    ],
)
def test_what_can_not_be_worked_with_is_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", *arguments]) == 2
    shown = capsys.readouterr().err
    assert said in shown and shown.count("\n") == 1


def test_the_kill_rate_names_what_survives(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site("drop_guard", 1, "loans/views.py", 0, 9, "View.post", "- if busy:")
    trials = [Trial(site, "killed", by="c"), Trial(site, "survived", diff="-    if busy:")]
    monkeypatch.setattr(audit, "kill_rate", lambda jobs, done: Report(trials))
    assert main(["audit", "--kill-rate"]) == 1
    said = capsys.readouterr().out
    assert "SURVIVED" in said and "-    if busy:" in said and "kill rate: 50.0% of 2 bugs" in said
