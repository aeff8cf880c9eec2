"""The pages in a real browser: nothing is loaded, nothing overflows, everything can be reached and heard.

Needs requirements-browser.txt and a Chromium (Debian's `chromium`, or `playwright install chromium`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.cohort import overview
from grader.reports import html
from grader.reports.reading.card import from_json
from grader.reports.reading.edition import for_candidate
from tests.grader.cohort.conftest import keep, run  # noqa: F401 fixtures

playwright = pytest.importorskip("playwright.sync_api", reason="needs requirements-browser.txt")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs requirements-browser.txt")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
WIDTHS, SCHEMES = (360, 1440), ("light", "dark")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(params=["buggy", "reference", "hostile", "candidate", "cohort"])
def page(request: pytest.FixtureRequest, tmp_path: Path, buggy: Any, reference: Any, hostile: Any) -> Path:
    """A page of each kind, on disk."""
    if request.param == "cohort":
        folder: Path = request.getfixturevalue("run")
        put = request.getfixturevalue("keep")
        overview.write(folder, [put("one", "buggy"), put("two", "reference"), put("dead")])
        return folder / overview.PAGE
    cards = {"buggy": buggy, "reference": reference, "hostile": hostile, "candidate": buggy}
    card = from_json(cards[request.param])
    file = tmp_path / "report.html"
    file.write_text(html.render(for_candidate(card) if request.param == "candidate" else card))
    return file


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_opens_from_disk_and_fits(browser: Any, page: Path, width: int, scheme: str) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
    tab.on("request", lambda asked: said.append(asked.url) if asked.url != page.as_uri() else None)
    tab.goto(page.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert said == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(browser: Any, page: Path, scheme: str) -> None:
    context = browser.new_context(
        bypass_csp=True, color_scheme=scheme, viewport={"width": 360, "height": 800}
    )
    tab = context.new_page()
    tab.goto(page.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = axe.Axe().run(tab).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    context.close()


def test_the_keyboard_reaches_tasks_and_evidence(browser: Any, tmp_path: Path, buggy: Any) -> None:
    file = tmp_path / "report.html"
    file.write_text(html.render(from_json(buggy)))
    tab = browser.new_page()
    tab.goto(file.as_uri())
    reached = []
    for _ in range(9):
        tab.keyboard.press("Tab")
        reached.append(
            tab.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName")
        )
    assert reached[:6] == ["#main", *(f"#task-{letter}" for letter in "abcde")]
    assert "SUMMARY" in reached
    tab.close()


def test_a_press_on_a_heading_sorts(browser: Any, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue("run")
    put = request.getfixturevalue("keep")
    overview.write(folder, [put("b", "buggy"), put("a", "reference"), put("c")])
    tab = browser.new_page()
    tab.goto((folder / overview.PAGE).as_uri())

    def names() -> list[str]:
        return [text.split("\n")[0] for text in tab.locator("#sortable tbody th").all_inner_texts()]

    assert names() == ["a", "b", "c"]
    score = tab.locator("#sortable thead button", has_text="score")
    score.click()
    assert names() == ["c", "b", "a"]
    score.click()
    assert names() == ["a", "b", "c"]
    assert tab.locator("#sortable th[aria-sort=descending]").inner_text().startswith("score")
    tab.close()


def test_in_print_the_evidence_is_there(browser: Any, tmp_path: Path, buggy: Any) -> None:
    file = tmp_path / "report.html"
    file.write_text(html.render(from_json(buggy)))
    tab = browser.new_page()
    tab.goto(file.as_uri())
    tab.emulate_media(media="print")
    assert tab.locator(".lanes").first.is_visible()
    assert tab.locator(".plot svg").first.is_visible()
    assert not tab.locator(".raw").first.is_visible()
    tab.close()
