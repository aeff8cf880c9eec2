"""`audit`: proves the kit on itself, and prints its own error rates."""

from __future__ import annotations

import argparse
import sys

from challenges.audit import files
from challenges.audit.cases import Case, cases
from challenges.audit.proof import Proof, Tally, prove_all
from challenges.catalogue import find
from challenges.console import is_plain
from challenges.errors import InputError

HELP = "Prove every verdict of solutions/, that no file is missing, and that no brief tells the cause."
EXAMPLE = "python -m challenges audit --task b --jobs 2"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--task",
        action="append",
        default=[],
        metavar="TASK",
        help="only the solutions of this task; may be repeated",
    )
    parser.add_argument(
        "--jobs", type=int, default=2, metavar="N", help="how many are graded at once (default: 2)"
    )
    parser.add_argument("--no-grading", action="store_true", help="only look at the files")


def run(options: argparse.Namespace) -> int:
    if options.jobs < 1:
        raise InputError("--jobs: give a number of 1 or more.")
    tasks = [find(task).letter for task in options.task]
    wrong = list(files.problems())
    for line in wrong:
        print(f"FAIL {line}")
    print(f"files: {len(wrong)} problems")
    if options.no_grading:
        return int(bool(wrong))
    tally = _prove([case for case in cases() if case.is_about(tasks)], options.jobs)
    print(
        f"graded {tally.proved}: {tally.refused} right fixes refused or marked down, {tally.accepted} wrong "
        f"ones accepted, {tally.differing} by other checks than stated"
    )
    return int(bool(wrong or tally.bad))


def _prove(wanted: list[Case], jobs: int) -> Tally:
    """Prove the cases: at a terminal one line that moves, in a pipe a line each."""
    tally, moving = Tally(), not is_plain()
    for proof in prove_all(wanted, jobs):
        tally.count(proof)
        if not moving or proof.wrong:
            print(("\r\x1b[K" if moving else "") + _line(proof))
        if moving:
            print(
                f"\r\x1b[K{tally.proved} of {len(wanted)}, {tally.bad} wrong: {proof.case.name}"[:100], end=""
            )
        sys.stdout.flush()
    if moving:
        print("\r\x1b[K", end="")
    return tally


def _line(proof: Proof) -> str:
    return f"FAIL {proof.case.name}: {proof.wrong}" if proof.wrong else f"ok   {proof.case.name}"
