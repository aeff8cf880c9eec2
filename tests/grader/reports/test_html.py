"""The page stands alone, shows what was found, and is safe whatever a submission says."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from grader.reports import html
from grader.reports.drawing.changes import files
from grader.reports.drawing.plot import plot
from grader.reports.reading.card import from_json
from grader.reports.reading.edition import for_candidate
from tests.grader.reports.pages import Page


def page(found: dict[str, Any]) -> Page:
    return Page(html.render(from_json(found)))


@pytest.mark.parametrize("name", ["buggy", "reference", "race", "hostile"])
def test_nothing_is_loaded_and_nothing_is_run(name: str, request: pytest.FixtureRequest) -> None:
    text = html.render(from_json(request.getfixturevalue(name)))
    made = Page(text)
    loading = {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "video",
        "audio",
        "source",
    }
    assert loading.isdisjoint(tag for tag, _ in made.tags)
    for tag, attributes in made.tags:
        assert not [key for key in attributes if key.startswith("on") or key in ("src", "style")], tag
        assert (attributes.get("href") or "#").startswith("#")
    policies = [a["content"] or "" for a in made.all("meta") if a.get("http-equiv")]
    assert policies and policies[0].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policies[0]
    assert "url(" not in text and "@import" not in text


def test_an_attack_is_shown_as_text(hostile: dict[str, Any]) -> None:
    text = html.render(from_json(hostile))
    assert "<script" not in text and "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", text)
    assert "\x1b" not in text
    assert "{{ 7|add:7 }}" in Page(text).text


def test_the_policy_allows_exactly_this_style(buggy: dict[str, Any]) -> None:
    import base64
    import hashlib

    text = html.render(from_json(buggy))
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"&#x27;sha256-{digest}&#x27;" in text


def test_a_reader_hears_everything(buggy: dict[str, Any]) -> None:
    made = page(buggy)
    ids = [attributes["id"] for _, attributes in made.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in made.tags:
        for name in (attributes.get("aria-labelledby") or "").split():
            assert name in ids
    assert made.all("html") == [{"lang": "en"}]
    assert len(made.all("h1")) == 1
    assert made.all("svg")[0]["role"] == "img"
    assert all("scope" in attributes for attributes in made.all("th"))
    levels = [int(tag[1]) for tag, _ in made.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_each_task_is_seen_at_a_glance(buggy: dict[str, Any]) -> None:
    made = page(buggy)
    for letter in "abcde":
        assert {"class": "tile fail", "href": f"#task-{letter}"} in made.all("a")
    assert "7 of 10 checks passed" in made.text


def test_what_was_found_is_drawn(buggy: dict[str, Any]) -> None:
    buggy["tasks"]["b"]["checks"][0]["evidence"]["schedule"][4]["blocked"] = ["A"]
    buggy["tasks"]["b"]["checks"][0]["evidence"]["schedule"][4]["outcome"] = "40001"
    made = page(buggy)
    for words in (
        "This submission: 8 at 2, 18 at 5, 101 at 30; the buggy app: 8 at 2",
        "Worker A",
        "waits for B",
        "pytest grader --replay same.3A.3B",
        "The shortest failing sequence",
        "Rows before and after: tasks",
        "Questions for the conversation",
        "storm: 16 creates at once",
        "isolation: bubblewrap",
        "Loan.current_task",
    ):
        assert words in made.text, words
    assert {"lanes", "plot", "exchange", "rows", "wait", "broken"} <= made.classes()


def test_the_place_that_sent_a_statement_is_shown_where_it_is_known(buggy: dict[str, Any]) -> None:
    buggy["tasks"]["a"]["checks"][3]["evidence"]["sent_from"] = ["loans/serializers.py, line 12"]
    assert "Sent from loans/serializers.py, line 12" in page(buggy).text


def test_changes_and_tags_are_shown(reference: dict[str, Any]) -> None:
    diff = "--- a/loans/views.py\n+++ b/loans/views.py\n@@ -1 +1,2 @@\n-old <b>\n+new\n+--- x\n same\n"
    reference["changes"] = {
        **{"diff": diff, "files": ["loans/views.py"], "added": 2, "removed": 1},
        "tags": ["select_for_update"],
    }
    made = page(reference)
    assert "1 file, 2 lines added, 1 removed" in made.text
    assert "old <b>" in made.text
    assert "select_for_update" in made.text and "You lock a row." in made.text
    (file,) = files(diff)
    assert (file.name, file.added, file.removed) == ("loans/views.py", 2, 1)
    assert files("odd")[0].name == "changes"


def test_the_candidates_page_has_no_mechanics(buggy: dict[str, Any]) -> None:
    text = html.render(for_candidate(from_json(buggy)))
    made = Page(text)
    assert "Feedback" in made.text
    assert {"lanes", "plot", "exchange", "rows"}.isdisjoint(made.classes())
    for words in ("SELECT", "Questions", "replay", "b.two-creates-one-winner", "bubblewrap"):
        assert words not in made.text, words
    assert "<dt>Expected" not in text


def test_a_plot_needs_two_sizes(buggy: dict[str, Any]) -> None:
    check = from_json(buggy).tasks[0].checks[3]
    assert plot(check, {"2 loans": 3}) is None
    made = plot(check, {"2 loans": 3, "30 loans": 40})
    assert made is not None
    assert [line.name for line in made.lines] == ["this submission", "the buggy app", "the reference"]
    labels = sorted(line.label_y for line in made.lines)
    assert min(b - a for a, b in itertools.pairwise(labels)) >= 12
    assert made.axis == "loans in the list"
