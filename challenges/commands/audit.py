"""`audit`: proves the kit itself, and prints its error rates."""

from __future__ import annotations

import argparse
from collections.abc import Collection

from challenges.audit.cases import cases, letters, narrowed, open_cases
from challenges.audit.folders import task_folders
from challenges.audit.proving import JOBS, prove_all
from challenges.audit.rates import rates
from challenges.audit.static import faults
from challenges.catalogue import CHECKOUT
from challenges.errors import InputError
from challenges.injection.kill_rate import kill_rate
from challenges.naming import did_you_mean

HELP = "Prove the kit: files, briefs, and every verdict that solutions/ states."
EXAMPLE = "python -m challenges audit --task b --jobs 2"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--task", action="append", metavar="NAME", help="only this task, by letter or name; may be repeated"
    )
    parser.add_argument(
        "--jobs", type=int, default=JOBS, metavar="N", help=f"grade N trees at a time (default: {JOBS})"
    )
    parser.add_argument(
        "--no-grading", action="store_true", help="only what can be seen without grading: a few seconds"
    )
    parser.add_argument(
        "--kill-rate",
        action="store_true",
        help="instead: put each bug of the operators into the healthy app: does the grader notice?",
    )


def run(options: argparse.Namespace) -> int:
    if options.jobs < 1:
        raise InputError("--jobs takes a number of trees, 1 or more.")
    if options.kill_rate:
        return measured(options.jobs)
    only = sorted({letter(name) for name in options.task or ()})
    found = faults(only=only)
    for fault in found:
        print(f"FAIL {fault}")
    print(f"files and texts: {len(found)} faults", flush=True)
    errors = len(found) + (0 if options.no_grading else graded(only or letters(), options.jobs))
    print(f"audit: {f'{errors} errors' if errors else 'all holds'}")
    return int(bool(errors))


def letter(name: str) -> str:
    """The letter of a task. Raises InputError, with the nearest name, where there is none."""
    known = task_folders(CHECKOUT)
    asked = name.lower().replace("-", "_")
    for task in known:
        if asked in (task, task[0]):
            return task[0]
    raise InputError(f"There is no task {name!r}{did_you_mean(asked, known)}")


def graded(tasks: Collection[str], jobs: int) -> int:
    """Grade all there is about these tasks; how many verdicts or cases are not as stated."""
    wanted = [case for case in (narrowed(one, tasks) for one in cases()) if case]
    proofs = prove_all(wanted, jobs, lambda proof: print(proof.line, flush=True))
    counted = rates(proofs)
    print(counted)
    for name, lack in open_cases(tasks).items():
        print(f"open: {name} is judged wrongly: {lack}")
    return max(counted.errors, sum(bool(proof.wrong) for proof in proofs))


def measured(jobs: int) -> int:
    """Print the kill rate on the reference, with the survivors' changes; 1 where there are any."""
    report = kill_rate(
        jobs=jobs, done=lambda trial: print(f"{trial.outcome:<9} {trial.site.name}", flush=True)
    )
    for trial in report.survivors:
        print(f"\nSURVIVED {trial.site.name}\n{trial.diff}")
    for operator, (noticed, bugs) in report.by_operator().items():
        print(f"{operator:<36} {noticed:>3} of {bugs:>3}")
    print(f"known to be harmless: {len(report.equivalents)} of {len(report.trials)} sites")
    print(f"kill rate: {report.rate:.1%} of {len(report.counted)} bugs")
    return int(bool(report.survivors))
