"""Proves the grader on `solutions/`: every tree gets the verdict that it states, by the checks it states.

    python -m tests.prove [--record] [--new] [--jobs N] [TASK/KIND/SLUG …]

The author's front of what `python -m challenges audit` proves. Grades the checkout (all five tasks fail), the
reference (distinction in all), each overlay on the buggy app for its own task, each of `mixes/` for all five,
and what `challenges/audit/injected.py` makes of the healthy app: all `subsets/` of the bugs and each of the
`variants/`. One more at a time than there are processors, unless told otherwise. `--record` writes down which
checks fail, where the verdict is as stated, so that from then on a check that changes its mind is noticed;
`--new` keeps to the cases of which nothing is recorded yet.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from challenges.audit.cases import Case, cases
from challenges.audit.proving import JOBS, Proof, lay_over, prove_all, record
from challenges.audit.rates import rates
from challenges.catalogue import CHECKOUT

__all__ = ["CHECKOUT", "Case", "cases", "lay_over", "main"]

OPTIONS = {"--record", "--new", "--jobs"}


def main(arguments: list[str]) -> int:
    """Prove all cases, or those whose name contains one of the names given."""
    if unknown := {word for word in arguments if word.startswith("--")} - OPTIONS:
        sys.exit(f"{unknown.pop()}: there are {', '.join(sorted(OPTIONS))}; other words name cases.")
    jobs = int(arguments[arguments.index("--jobs") + 1]) if "--jobs" in arguments else JOBS
    names = [word for word in arguments if not word.startswith("--") and not word.isdigit()]
    wanted = [case for case in cases() if not names or any(name in case.name for name in names)]
    if "--new" in arguments:
        wanted = [case for case in wanted if case.file and case.fails is None]
    if "--record" in arguments:  # what was recorded is written anew, so it is not held against the case
        wanted = [replace(case, fails=None) for case in wanted]

    def done(proof: Proof) -> None:
        if "--record" in arguments and proof.as_stated and proof.case.file:
            record(proof)
        print(proof.line, flush=True)

    proofs = prove_all(wanted, jobs, done)
    bad = sum(bool(proof.wrong) for proof in proofs)
    print(rates(proofs))
    print(f"prove: {len(proofs) - bad} passed, {bad} failed")
    return int(bool(bad) or not proofs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
