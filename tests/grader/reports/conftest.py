"""Scorecards of real runs, and one whose every text is an attack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CARDS = Path(__file__).with_name("cards")
ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m&\"'|`*{{ 7|add:7 }}{% now %}"


def card(name: str) -> dict[str, Any]:
    """A scorecard as a run wrote it."""
    read: dict[str, Any] = json.loads((CARDS / f"{name}.json").read_text(encoding="utf-8"))
    return read


def attacked(value: Any, key: str = "") -> Any:
    """The same with an attack in each text that a submission has a part in."""
    if isinstance(value, dict):
        return {name: attacked(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [attacked(inner, key) for inner in value]
    fixed = {"id", "level", "outcome", "verdict", "worker", "connection", "blocked", "replay"}
    return value + ATTACK if isinstance(value, str) and key not in fixed else value


@pytest.fixture
def buggy() -> dict[str, Any]:
    return card("buggy")


@pytest.fixture
def reference() -> dict[str, Any]:
    return card("reference")


@pytest.fixture
def race() -> dict[str, Any]:
    """Of `insert-count-delete`, which fails in the fourth switch only."""
    return card("insert-count-delete")


@pytest.fixture
def hostile(buggy: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = attacked(buggy)
    made["integrity"] = {
        "ok": False,
        "isolation": "bubblewrap",
        "findings": [{"text": ATTACK, "details": [ATTACK], "interference": True}],
    }
    made["changes"] = {"diff": f"+{ATTACK}\n-{ATTACK}\n", "tags": [ATTACK], "files": [ATTACK]}
    return made
