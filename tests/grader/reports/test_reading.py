"""A scorecard is read from its JSON, and what is none is refused in one line."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from grader.cohort.changes import TAGS
from grader.errors import InputError
from grader.reports.reading import card as reading
from grader.reports.reading.card import Card, from_json, read
from grader.reports.reading.edition import for_candidate
from grader.reports.reading.evidence import exchanges_in, shown
from grader.reports.reading.questions import FILE as QUESTIONS
from grader.reports.reading.questions import MOST, questions
from grader.reports.reading.rows import before_and_after, tables
from tests.grader.test_suite import marked


def test_the_parts_are_where_they_belong(buggy: dict[str, Any]) -> None:
    card = from_json(buggy)
    assert (card.submission, card.verdict, card.honest) == ("buggy", "fail", True)
    assert [task.letter for task in card.tasks] == list("abcde")
    assert card.tasks[0].passed + len(card.tasks[0].broken) == len(card.tasks[0].checks)
    assert dict(card.versions)["Django"]
    assert card.checks[0].name == "the list is complete and right"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "is no scorecard: `pytest grader --score-json FILE` writes one."),
        ("{}", "is no scorecard"),
        ('{"schema": 9}', "has schema 9; this kit reads 1."),
        ('{"schema": 1}', "with something missing or of the wrong kind: KeyError('submission')"),
        ('{"schema": 1, "submission": "x", "overall": 3}', "of the wrong kind: TypeError"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_scorecard_is_refused(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "score.json"
    file.write_text(text)
    with pytest.raises(InputError) as refused:
        read(file)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"score.json can't be read: No such file"):
        read(tmp_path / "score.json")


def test_control_characters_and_endless_texts_are_tamed() -> None:
    found = reading.clean({"a\x1b[2J": ["x\u202ey\ud800", "z" * 30_000], "n": 1})
    assert found["a�[2J"][0] == "x�y�"
    assert found["a�[2J"][1].endswith("… (30,000 characters)")
    deep: Any = []
    for _ in range(100):
        deep = [deep]
    assert "…" in json.dumps(reading.clean(deep), ensure_ascii=False)


def test_a_race_is_read_with_who_waits(buggy: dict[str, Any]) -> None:
    buggy["tasks"]["b"]["checks"][0]["evidence"]["schedule"][1]["blocked"] = ["B"]
    race = shown(from_json(buggy).tasks[1].checks[0]).race
    assert race is not None and race.has_waits
    assert race.moments[1].waits("B") and not race.moments[1].waits("A")
    assert race.moments[0].verb == "SELECT"
    assert race.replay == "same.3A.3B"
    assert [name for name, _ in race.answers] == ["A", "B"]


def test_the_shortest_sequence_and_the_exploits_are_calls(buggy: dict[str, Any]) -> None:
    checks = {check.id: check for check in from_json(buggy).checks}
    calls = shown(checks["d.every-sequence-of-calls-keeps-the-invariants"]).calls
    assert [(call.method, call.path, call.status) for call in calls] == [
        ("POST", "/api/tasks/create/", "201"),
        ("POST", "/api/tasks/complete/", "200"),
    ]
    exploit = shown(checks["e.a-list-holds-only-the-callers-loans"]).exchanges[0]
    assert (exploit.method, exploit.status, exploit.kind) == ("GET", "200", "accepted")
    assert exploit.answer.startswith("[{")


def test_a_body_with_arrows_and_words_is_still_one_call() -> None:
    (found,) = exchanges_in('POST /api/x/ {"a": "b as c"} as user1 with X-Forwarded-For: 1 → 404 (gone)')
    assert found.kind == "refused" and found.status == "404"


def test_evidence_of_another_form_gives_no_figure_and_is_kept(buggy: dict[str, Any]) -> None:
    check = buggy["tasks"]["b"]["checks"][0]
    check["evidence"] = {
        "schedule": "x",
        "answers": [],
        "queries": 3,
        "calls": 7,
        "rows": [1],
        "captured": None,
        "new": {"thing": 1},
    }
    found = shown(from_json(buggy).tasks[1].checks[0])
    assert (found.race, found.calls, found.queries, found.rows) == (None, (), {}, ())
    assert "thing" in found.further


def test_rows_show_what_changed() -> None:
    was = [{"id": 1, "status": "NEW", "amount": "1.00"}]
    now = [
        {"id": 1, "status": "COMPLETED", "amount": "1.00"},
        {"id": 1, "task_type": "KYC", "is_completed": True},
    ]
    loans, tasks = before_and_after(was, now)
    assert loans.columns == ("id", "status")
    assert (loans.lines[0].cells[1].was, loans.lines[0].cells[1].text) == ("NEW", "COMPLETED")
    assert tasks.lines[0].state == "new"
    assert [cell.text for cell in tasks.lines[0].cells] == ["1", "KYC", "yes"]
    (gone,) = before_and_after(was, [])
    assert gone.lines[0].state == "gone"
    (kept,) = tables([{"id": 2, "completed_at": "2026-11-24 12:46:31.363708+00:00", "current_task_id": None}])
    assert [cell.text for cell in kept.lines[0].cells] == ["2", "null", "12:46:31.363"]


def test_questions_come_from_every_task_that_failed(buggy: dict[str, Any], reference: dict[str, Any]) -> None:
    card = from_json(buggy)
    assert len(questions(card)) == MOST
    assert "toolbar" in questions(card)[0] and "two lanes" in questions(card)[1]
    assert questions(for_candidate(card)) == []
    reference["changes"] = {"tags": ["select_for_update", "magic"]}
    assert [text[:15] for text in questions(from_json(reference))] == ["You lock a row."]


def candidate(found: dict[str, Any]) -> Card:
    return for_candidate(from_json(found))


def test_the_candidate_reads_what_and_why_and_no_more(hostile: dict[str, Any], buggy: dict[str, Any]) -> None:
    card = candidate(buggy)
    check = card.tasks[0].broken[0]
    assert check.requirement and check.why and "8 for 2 loans" in check.observed
    assert "SELECT" not in check.observed and "Loan.tasks" not in check.observed
    assert (check.expected, check.evidence, check.advice) == ("", {}, ())
    assert card.versions == () and card.observations == () and card.changes.diff == ""
    assert all(not check.observed for check in card.checks if check.passed)
    (finding,) = candidate(hostile).findings
    assert finding.text == (
        "The submission interfered with its grading, so that its verdicts are fail. Ask your interviewer."
    )


def test_the_candidate_does_not_read_about_the_machinery(buggy: dict[str, Any]) -> None:
    check, other = buggy["tasks"]["b"]["checks"][:2]
    check["observed"] = "worker A was lost at pg_advisory_lock"
    other["outcome"] = "inconclusive"
    buggy["integrity"]["findings"] = [{"text": "`makemigrations --check` fails", "interference": False}]
    card = candidate(buggy)
    assert card.tasks[1].checks[0].observed == "The app did not do what is asked."
    assert card.tasks[1].checks[1].observed == "This could not be judged here; it is no fault of yours."
    assert [finding.text for finding in card.findings] == ["`makemigrations --check` fails"]


def test_every_question_is_about_a_check_that_is_there_or_a_tag_that_is_found() -> None:
    words = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))
    tags = tomllib.loads(TAGS.read_text(encoding="utf-8"))
    assert sorted(set(words["failed"]) - {identifier for _, identifier, _, _ in marked()}) == []
    assert sorted(set(words["solved"]) - {*tags["names"], *tags["strings"]}) == []
