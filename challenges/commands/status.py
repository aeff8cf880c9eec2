"""`status`: how far the work on each challenge has come, and what has been learnt."""

from __future__ import annotations

import argparse

from challenges import record
from challenges.catalogue import ALL, Challenge, challenges
from challenges.commands.list import state_of
from challenges.console import paint

HELP = "Where you are: workspaces, time, hints, best scores, and the learning outcomes so far."
EXAMPLE = "python -m challenges status"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes none."""


def run(options: argparse.Namespace) -> int:
    attempts, known = record.load(), challenges()
    names = [name for name in [*(one.id for one in known), ALL] if name in attempts]
    for name in names:
        print(paint(name, "bold"))
        print("\n".join(f"  {line}" for line in details(attempts[name])))
    if not names:
        print("Nothing is started: python -m challenges start a")
    print("\nLearning outcomes")
    for outcome, learnt in outcomes(known, attempts).items():
        print(f"  {paint('[x]', 'green') if learnt else '[ ]'} {outcome}")
    return 0


def details(attempt: record.Attempt) -> list[str]:
    """An attempt in lines."""
    lines = [state_of(attempt), f"in {attempt.folder}"]
    if attempt.minutes is not None:
        lines.append(f"{attempt.minutes} minutes, {attempt.hints} hints")
    return lines


def outcomes(known: list[Challenge], attempts: dict[str, record.Attempt]) -> dict[str, bool]:
    """The assignment's learning outcomes, and whether a challenge that teaches each has been passed."""
    found: dict[str, bool] = {}
    for one in known:
        passed = one.id in attempts and attempts[one.id].passed
        for outcome in one.outcomes:
            found[outcome] = found.get(outcome, False) or passed
    return found
