"""The schema holds real scorecards, and refuses what is none."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.grader.reports.conftest import CARDS, card

CHECKOUT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((CHECKOUT / "grader" / "reports" / "scorecard.schema.json").read_text(encoding="utf-8"))


def problems(value: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(value)]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", sorted(path.stem for path in CARDS.glob("*.json")))
def test_recorded_scorecards_fit(name: str) -> None:
    assert problems(card(name)) == []


def test_a_scorecard_that_is_made_now_fits(tmp_path: Path) -> None:
    file = tmp_path / "score.json"
    command = [sys.executable, "-m", "pytest", "grader", "-q", "--task", "c", "--score-json", str(file)]
    subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=False)
    made = json.loads(file.read_text(encoding="utf-8"))
    assert problems(made) == []
    assert made["versions"]["Django"] and made["versions"]["grader"]


def spoil_verdict(found: dict[str, Any]) -> None:
    found["overall"]["verdict"] = "excellent"


def lose_outcome(found: dict[str, Any]) -> None:
    del found["tasks"]["b"]["checks"][0]["outcome"]


def spoil_step(found: dict[str, Any]) -> None:
    found["tasks"]["b"]["checks"][0]["evidence"]["schedule"][0]["blocked"] = "A"


def next_schema(found: dict[str, Any]) -> None:
    found["schema"] = 2


@pytest.mark.parametrize("spoil", [spoil_verdict, lose_outcome, spoil_step, next_schema])
def test_what_does_not_fit_is_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    found = copy.deepcopy(card("buggy"))
    spoil(found)
    assert len(problems(found)) == 1
