"""No hostile or broken tree gets a mark that it did not earn, does harm, or leaves open what happened.

`pytest tests/hostile --whole` grades all of them; `-k fork` some. `cases.py` says what a case is.
"""

from __future__ import annotations

import re

from tests.hostile.cases import DEPENDS, Case
from tests.hostile.scene import Graded, checkout_state

BEFORE = checkout_state()
MACHINE_PATHS = re.compile(r"/tmp/hostile-\w+/tmp|/srv/|site-packages")


def test_a_case_gets_what_it_states(case: Case, graded: Graded, earned: set[str]) -> None:
    shown = graded.shown[-3000:]
    assert graded.harm == [], shown
    assert graded.code == case.exit, shown
    assert "INTERNALERROR" not in graded.shown, shown
    for word in case.says:
        assert graded.says(word), f"{word!r} is not said:\n{shown}"
    if graded.card:
        _holds(case, graded, earned)


def _holds(case: Case, graded: Graded, earned: set[str]) -> None:
    """The scorecard: nothing unearned, nothing unfounded, and each finding that is due."""
    if case.interferes is True:
        assert {task["verdict"] for task in graded.card["tasks"].values()} == {"fail"}
    elif not case.earns:
        assert graded.passed - earned == set()
    for words in case.findings:
        assert any(words in text for text in graded.findings), (words, graded.findings)
    if not case.findings:
        assert graded.findings == []
    if case.interferes != DEPENDS:
        assert graded.card["integrity"]["ok"] is not case.interferes
    outcomes = [check["outcome"] for task in graded.card["tasks"].values() for check in task["checks"]]
    assert "inconclusive" not in outcomes, graded.shown[-3000:]
    assert not MACHINE_PATHS.search(graded.shown), MACHINE_PATHS.findall(graded.shown)


def test_the_checkout_is_as_before(gradings: object) -> None:
    assert checkout_state() == BEFORE
