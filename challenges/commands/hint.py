"""`hint`: one rung of a challenge's ladder at a time; how many were taken is kept, and goes with `submit`."""

from __future__ import annotations

import argparse

from challenges import record
from challenges.catalogue import ALL, find
from challenges.hints import rungs

HELP = "Show the next hint for a challenge; each says a little more than the one before."
EXAMPLE = "python -m challenges hint b"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("challenge", help="its letter or name")
    parser.add_argument("--again", action="store_true", help="show those that were shown, and no further one")


def run(options: argparse.Namespace) -> int:
    one = find(options.challenge)
    ladder = rungs(one.text("hints.md"))
    attempts = record.load()
    name = one.id if one.id in attempts or ALL not in attempts else ALL
    # Work on `all` counts its hints together, and each challenge's beside that: the ladder is per challenge.
    attempt = attempts.setdefault(one.id, record.Attempt())
    if options.again:
        print(
            "\n\n".join(ladder[: attempt.hints])
            or f"No hint was shown yet: python -m challenges hint {one.letter}"
        )
        return 0
    if attempt.hints >= len(ladder):
        print(
            f"That was the last one. All {len(ladder)} again: python -m challenges hint {one.letter} --again"
        )
        return 0
    attempt.hints += 1
    if name == ALL:
        attempts[ALL].hints += 1
    record.save(attempts)
    print(f"Hint {attempt.hints} of {len(ladder)}\n\n{ladder[attempt.hints - 1]}")
    return 0
