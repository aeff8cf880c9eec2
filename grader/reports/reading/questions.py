"""Questions for the conversation, drawn from what was found; the words are in `questions.toml`."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

from grader.reports.reading.card import Card

FILE = Path(__file__).with_suffix(".toml")
MOST = 8  # more than a conversation has room for


@functools.cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def questions(card: Card) -> list[str]:
    """What to ask this candidate: of what failed, a task in turn, and of how it was solved."""
    words = _words()
    if card.candidate:
        return []
    by_task = [
        [words["failed"][check.id] for check in task.broken if check.id in words["failed"]]
        for task in card.tasks
    ]
    longest = max(map(len, by_task), default=0)
    failed = [asked[turn] for turn in range(longest) for asked in by_task if turn < len(asked)]
    solved = [words["solved"][tag] for tag in card.changes.tags if tag in words["solved"]]
    room = max(MOST - len(solved), MOST // 2)
    return [*failed[:room], *solved][:MOST]
