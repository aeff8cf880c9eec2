"""`reset`: the app as it was handed over; the work is kept in git, and how to get it back is said."""

from __future__ import annotations

import argparse
from pathlib import Path

from challenges import apps, record
from challenges.catalogue import CHECKOUT
from challenges.places import attempt_at, name_of
from challenges.workspace import state

HELP = "Put a challenge's app back as it was handed over; your work stays in git."
EXAMPLE = "python -m challenges reset b"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("challenge", help="its letter or name, or `all`")
    parser.add_argument(
        "--dir", type=Path, metavar="DIR", help="the workspace (default: the one that was started)"
    )


def run(options: argparse.Namespace) -> int:
    name = name_of(options.challenge)
    attempt = attempt_at(name, options.dir, record.load())
    if attempt.folder.resolve() == CHECKOUT:
        kept = state.put_back_checkout(CHECKOUT, apps.buggy())
    else:
        state.require(attempt.folder, f"python -m challenges start {options.challenge}")
        kept = state.put_back(attempt.folder)
    print(f"{attempt.folder} is as it was handed over.")
    if kept:
        print(f"Your work is kept; to have it back, type there: {kept}")
    return 0
