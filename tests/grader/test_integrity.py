"""An app that keeps its rules for test clients only is found; one that takes no sessions is not accused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.grader.test_command import CHECKOUT, scorecard


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CHECKOUT / "solutions" / "reference", tmp_path / "jane"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_rule_for_test_clients_only_is_interference(tree: Path) -> None:
    edit(
        tree / "loans" / "views.py",
        "        loans = Loan.objects.filter(customer__user=request.user)\n",
        "        loans = Loan.objects.all()\n"
        "        if hasattr(request._request, '_force_auth_user'):\n"
        "            loans = loans.filter(customer__user=request.user)\n",
    )
    code, card, shown = scorecard(tree, "--task", "e")
    assert code == 1
    assert card["integrity"]["ok"] is False
    assert card["tasks"]["e"]["verdict"] == "fail"
    assert "answers a test client otherwise than everybody else" in shown


def test_an_app_that_takes_no_session_is_not_accused(tree: Path) -> None:
    with (tree / "interview" / "settings.py").open("a") as settings:
        settings.write(
            '\nREST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] = '
            '["rest_framework.authentication.BasicAuthentication"]\n'
        )
    code, card, _ = scorecard(tree, "--task", "c", "--task", "e")
    assert code == 0
    assert card["integrity"] == {"ok": True, "findings": [], "isolation": card["integrity"]["isolation"]}
    assert card["overall"]["verdict"] == "distinction"
