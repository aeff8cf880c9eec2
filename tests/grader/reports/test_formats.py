"""The other views: found by looking, right, and safe whatever a submission says."""

from __future__ import annotations

import csv as standard_csv
import html as standard_html
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from grader.reports import csv, gradescope, junit, markdown, terminal
from grader.reports.reading.card import from_json
from grader.reports.reading.edition import for_candidate
from grader.reports.reading.formats import formats
from tests.grader.reports.conftest import ATTACK

FOLDER = Path(csv.__file__).parent


def test_each_module_is_a_format_and_the_standard_library_is_not_hidden() -> None:
    assert sorted(formats()) == sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
    assert len({found.file for found in formats().values()}) == len(formats())
    assert standard_csv.writer and standard_html.escape


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_takes_every_scorecard(
    name: str, buggy: dict[str, Any], reference: dict[str, Any], hostile: dict[str, Any]
) -> None:
    for found in (buggy, reference, hostile):
        for card in (from_json(found), for_candidate(from_json(found))):
            assert found["submission"][:5] in formats()[name].render(card) or name == "gradescope"


def test_markdown_is_a_table_and_what_failed(buggy: dict[str, Any]) -> None:
    text = markdown.render(from_json(buggy))
    assert text.startswith("## buggy: fail, 24 of 100\n")
    assert "| A | ❌ fail | 55 | 7 of 10 |" in text
    assert "- again: `pytest grader --replay same.3A.3B`" in text
    assert "### Questions for the conversation" in text
    assert "Questions" not in markdown.render(for_candidate(from_json(buggy)))


def test_markdown_has_nothing_in_it_that_is_read(hostile: dict[str, Any]) -> None:
    text = markdown.render(from_json(hostile))
    assert "<" not in text and "Interference" in text
    assert (
        markdown.plain("@team [x](http://y) `z`\n# t") == "@\u200bteam \\[x\\]\\(http\\://y\\) \\`z\\` \\# t"
    )
    assert markdown.plain("x" * 700).endswith("x…")


def test_junit_is_green_where_the_tasks_pass(buggy: dict[str, Any], reference: dict[str, Any]) -> None:
    root = ET.fromstring(junit.render(from_json(buggy)))
    assert len(root.findall(".//testcase")) == 51
    assert len(root.findall(".//failure")) == int(root.attrib["failures"]) == 23
    assert len(root.findall(".//skipped")) == int(root.attrib["skipped"]) == 11
    seen = root.find(".//failure")
    assert seen is not None and seen.text and seen.text.startswith("seen: ")
    assert ET.fromstring(junit.render(from_json(reference))).attrib["failures"] == "0"
    buggy["tasks"]["a"]["checks"][0]["outcome"] = "inconclusive"
    assert ET.fromstring(junit.render(from_json(buggy))).attrib["errors"] == "1"


def test_junit_tells_of_interference(hostile: dict[str, Any]) -> None:
    root = ET.fromstring(junit.render(from_json(hostile)))
    found = root.find("testsuite[@name='integrity']//failure")
    assert found is not None and found.attrib["message"] == "The submission interfered with its grading."


def test_gradescope_gets_the_candidates_edition(buggy: dict[str, Any], hostile: dict[str, Any]) -> None:
    found = json.loads(gradescope.render(from_json(buggy)))
    assert found["score"] == 24 and found["output"].startswith("Overall: fail (A fail, B fail")
    assert len(found["tests"]) == 51
    assert {"passed", "failed"} == {test["status"] for test in found["tests"]}
    assert "replay" not in json.dumps(found) and "SELECT" not in json.dumps(found)
    assert found["tests"][3]["number"] == "A4"
    assert json.loads(gradescope.render(from_json(hostile)))["score"] == 0


def test_csv_has_a_line_a_check_and_no_formula(buggy: dict[str, Any]) -> None:
    buggy["tasks"]["a"]["checks"][0]["observed"] = "=HYPERLINK(1)"
    rows = list(standard_csv.reader(io.StringIO(csv.render(from_json(buggy)))))
    assert len(rows) == 52 and rows[0][0] == "submission"
    assert rows[1][7] == "'=HYPERLINK(1)"


def test_the_terminal_shows_each_failure_and_no_escape_of_others(
    buggy: dict[str, Any], hostile: dict[str, Any]
) -> None:
    text = terminal.render(from_json(buggy))
    plain = terminal.without_colours(text)
    assert "\x1b[" in text and "\x1b" not in plain
    assert "buggy  fail  24 of 100" in plain
    assert "again     pytest grader --replay same.3A.3B" in plain
    hostile["integrity"]["findings"].append({"text": "[red]seen[/red]", "interference": False})
    shown = terminal.without_colours(terminal.render(from_json(hostile)))
    assert "\x1b" not in shown and "interference: " in shown and "note: [red]seen[/red]" in shown
    assert "{{ 7|add:7 }}" in ATTACK
