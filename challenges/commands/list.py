"""`list`: the challenges, and how far this checkout has come with each."""

from __future__ import annotations

import argparse

from challenges import record
from challenges.catalogue import ALL, challenges
from challenges.console import paint, wrap

HELP = "The challenges: story, level, minutes, and your state and best score."
EXAMPLE = "python -m challenges list"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes none."""


def run(options: argparse.Namespace) -> int:
    attempts = record.load()
    for one in challenges():
        state = state_of(attempts.get(one.id) or attempts.get(ALL))
        head = f"{one.letter}  {one.title}"
        print(f"{paint(head, 'bold')}  ({one.level}, {one.minutes} minutes)  {state}")
        print(wrap(one.story, "   "))
    print("\nall  every one of them at once: the assignment as it stands")
    return 0


def state_of(attempt: record.Attempt | None) -> str:
    """A few words on how far an attempt has come."""
    if attempt is None:
        return "not started"
    words = ["submitted" if attempt.submitted else "started" if attempt.started else "looked at"]
    if attempt.verdict:
        words.append(f"best {attempt.score}/100, {attempt.verdict}")
    return ", ".join(words)
