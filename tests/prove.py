"""Proves the grader on `solutions/`: every tree gets the verdict that it states, by the checks it states.

    python -m tests.prove [--record] [--jobs N] [TASK/KIND/SLUG …]

Grades the checkout (all five tasks fail), the reference (distinction in all), each overlay on the buggy app
for its own task, each of `mixes/` for all five, and the apps that bugs are injected into: all `subsets/` of
the bugs and each of the `variants/`. Two at a time, unless told otherwise. Prints the kit's own error rates:
right fixes refused and wrong ones accepted must both be 0. `--record` writes down which checks fail, where
the verdict is as stated, so that from then on a check that changes its mind is noticed too.

A front of `challenges/audit/`, as `python -m challenges audit` is one.
"""

from __future__ import annotations

import sys

from challenges.audit.cases import Case, cases, lay_over
from challenges.audit.proof import Tally, prove_all, record
from challenges.catalogue import CHECKOUT

__all__ = ["CHECKOUT", "Case", "cases", "lay_over"]
JOBS = 2


def main(arguments: list[str]) -> int:
    """Prove all cases, or those whose name contains one of the names given."""
    jobs = int(arguments[arguments.index("--jobs") + 1]) if "--jobs" in arguments else JOBS
    names = [word for word in arguments if not word.startswith("--") and not word.isdigit()]
    wanted = [case for case in cases() if not names or any(name in case.name for name in names)]
    tally = Tally()
    for proof in prove_all(wanted, jobs):
        if "--record" in arguments and proof.as_stated and proof.case.file:
            record(proof)
            proof = type(proof)(proof.case, "", proof.verdicts, proof.fails)
        tally.count(proof)
        print(
            f"{'FAIL' if proof.wrong else 'ok  '} {proof.case.name}{': ' if proof.wrong else ''}{proof.wrong}"
        )
        sys.stdout.flush()
    print(f"{tally.refused} right fixes refused or marked down, {tally.accepted} wrong ones accepted")
    print(f"prove: {len(wanted) - tally.bad} passed, {tally.bad} failed")
    return int(bool(tally.bad) or not wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
