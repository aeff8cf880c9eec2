"""`race`: shows the bug live: two requests, whose statement goes when, and the rows that are left."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from challenges.catalogue import CHECKOUT, Challenge, challenges, find
from challenges.console import wrap
from challenges.errors import InputError

HELP = "Run two requests at once on the app as it is, and show the order of statements that breaks it."
EXAMPLE = "python -m challenges race b"
ANY_ORDER = "1A.1B.9A.9B"  # what the app does not have of it is left out


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("challenge", help="its letter or name")
    parser.add_argument(
        "--dir", type=Path, metavar="DIR", help="the folder with loans/ (default: this checkout)"
    )


def run(options: argparse.Namespace) -> int:
    one = find(options.challenge)
    if not (scenes := scenes_of(one)):
        having = ", ".join(other.letter for other in challenges() if scenes_of(other))
        raise InputError(f"{one.title} is not about two requests at once; these are: {having}")
    tree = (options.dir or CHECKOUT).absolute()
    card = grade(tree, "--task", one.letter)
    shown = [check for check in card["tasks"][one.letter]["checks"] if "schedule" in check["evidence"]]
    failed = [check for check in shown if check["outcome"] != "passed"]
    if failed:
        show(failed[0])
        return 1
    print(f"No order of two requests breaks {tree}.")
    for check in card["tasks"][one.letter]["checks"]:
        if "explored" in check["observed"]:
            print(wrap(f"{check['requirement']} {check['observed']}", "  "))
    print("\nOne of them, as an example:\n")
    card = grade(tree, "--task", one.letter, "--replay", f"{scenes[0]}.{ANY_ORDER}")
    for check in card["tasks"][one.letter]["checks"]:
        if "schedule" in check["evidence"]:
            print("\n".join(columns(check)))
    return 0


def scenes_of(one: Challenge) -> tuple[str, ...]:
    """The scenes of two requests that the grader runs for a challenge."""
    module = importlib.import_module(f"grader.checks.test_{one.id}")
    marks = [found.check for found in vars(module).values() if hasattr(found, "check")]
    return tuple(scene for mark in marks for scene in mark.scenes)


def grade(tree: Path, *words: str) -> dict[str, Any]:
    """The scorecard of `pytest grader` with these words. Raises InputError where there is none."""
    with tempfile.TemporaryDirectory(prefix="race-") as scratch:
        score = Path(scratch) / "score.json"
        command = [sys.executable, "-m", "pytest", "grader", "-q", f"--submission={tree}"]
        done = subprocess.run(
            [*command, f"--score-json={score}", *words], cwd=CHECKOUT, capture_output=True, text=True
        )
        if not score.exists():
            said = (done.stdout + done.stderr).strip().splitlines() or ["it said nothing"]
            raise InputError(f"{tree} can't be run: {said[-1]}")
        card: dict[str, Any] = json.loads(score.read_text())
        return card


def columns(check: dict[str, Any]) -> list[str]:
    """Whose statement went when, the answers, and the rows that are left."""
    from grader.terminal import schedule

    return schedule(check["evidence"])


def show(check: dict[str, Any]) -> None:
    """The order in two columns, and what came of it."""
    print("\n".join(columns(check)))
    print()
    print(wrap(check["observed"]))
    if replay := check["evidence"].get("replay"):
        print(f"again: pytest grader --replay {replay}")
