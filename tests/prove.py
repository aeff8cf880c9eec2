"""Proves the grader on `solutions/`: every tree gets the verdict that it states, by the checks it states.

    python -m tests.prove [--record] [--jobs N] [TASK/KIND/SLUG …]

Grades the checkout (all five tasks fail), the reference (distinction in all), each overlay on the buggy app
for its own task, each of `mixes/` for all five, and what `tests/injected.py` makes of the healthy app: all
`subsets/` of the bugs and each of the `variants/`. Two at a time, unless told otherwise. Prints the kit's own
error rates: right fixes refused and wrong ones accepted must both be 0. `--record` writes down which checks
fail, where the verdict is as stated, so that from then on a check that changes its mind is noticed too.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.injected import injected_apps, key, lay_out, what_is_invalid

CHECKOUT = Path(__file__).resolve().parent.parent
SOLUTIONS = CHECKOUT / "solutions"
PACKAGES = ("loans", "interview")
TASKS = ("a", "b", "c", "d", "e")
JOBS = 2


@dataclass(frozen=True)
class Case:
    """A tree and what is stated of it: the verdicts by task, and the ids of the checks that fail."""

    name: str
    overlay: Path | None  # what lies over the buggy app
    tree: Path | None  # or a whole tree
    verdicts: dict[str, str]
    fails: list[str] | None = None
    injected: dict[str, bytes] | None = None  # or what lies where in it

    @property
    def file(self) -> Path | None:
        return self.overlay / "case.toml" if self.overlay else None


@dataclass(frozen=True)
class Proof:
    """How the grading of a case came out; `wrong` is "" where all is as stated."""

    case: Case
    wrong: str
    verdicts: dict[str, str]
    fails: list[str]

    @property
    def as_stated(self) -> bool:
        return self.verdicts == self.case.verdicts


def cases() -> Iterator[Case]:
    """Everything there is to prove; what exists is found by looking."""
    yield Case("the buggy app", None, CHECKOUT, dict.fromkeys(TASKS, "fail"))
    yield Case("reference", None, SOLUTIONS / "reference", dict.fromkeys(TASKS, "distinction"), [])
    for file in sorted([*SOLUTIONS.glob("*/*/*/case.toml"), *SOLUTIONS.glob("mixes/*/case.toml")]):
        stated = tomllib.loads(file.read_text())
        name = str(file.parent.relative_to(SOLUTIONS))
        verdicts = stated.get("verdicts") or {name[0]: stated["verdict"]}
        yield Case(name, file.parent, None, verdicts, stated.get("fails"))
    for name, files, injected in injected_apps():
        verdicts = {task: "fail" if task in injected else "distinction" for task in TASKS}
        yield Case(name, None, None, verdicts, injected=files)


def prove(case: Case) -> Proof:
    """Grade a case; an injected one that held already, with the same grader, holds still."""
    if case.injected is None:
        return grade(case)
    held = CHECKOUT / ".cache" / "prove" / key(case.injected, case.verdicts)
    if held.exists():
        return Proof(case, "", case.verdicts, [])
    proof = grade(case)
    if not proof.wrong:
        held.parent.mkdir(parents=True, exist_ok=True)
        held.write_text(case.name)
    return proof


def grade(case: Case) -> Proof:
    """Grade a case with the grader's own command."""
    with tempfile.TemporaryDirectory(prefix="prove-") as scratch:
        if case.injected is not None:
            tree = lay_out(case.injected, Path(scratch) / "tree")
            if invalid := what_is_invalid(tree):
                return Proof(case, invalid, {}, [])
        else:
            tree = case.tree or lay_over(case.overlay, Path(scratch) / "tree")
        score = Path(scratch) / "score.json"
        tasks = [part for task in case.verdicts for part in ("--task", task)]
        command = [sys.executable, "-m", "pytest", "grader", "-q", "--jobs=1", f"--submission={tree}", *tasks]
        done = subprocess.run(
            [*command, "--score-json", str(score)], cwd=CHECKOUT, capture_output=True, text=True
        )
        if not score.exists():
            said = f"{done.stdout[-300:]}{done.stderr[-300:]}"
            return Proof(case, f"no scorecard, exit code {done.returncode}: {said}", {}, [])
        return judge(case, json.loads(score.read_text()))


def judge(case: Case, card: dict[str, Any]) -> Proof:
    """Hold a scorecard against what a case states."""
    verdicts = {task: card["tasks"][task]["verdict"] for task in case.verdicts}
    checks = [check for task in card["tasks"].values() for check in task["checks"]]
    failed = {check["id"]: check["observed"] for check in checks if check["outcome"] != "passed"}
    wrong = [
        f"{task} is {verdicts[task]}, not {verdict} "
        f"({'; '.join(f'{name}: {seen}' for name, seen in failed.items() if name[0] == task)[:600]})"
        for task, verdict in case.verdicts.items()
        if verdicts[task] != verdict
    ]
    wrong += [f"integrity: {f['text']}" for f in card["integrity"]["findings"] if f["interference"]]
    if case.fails is not None and not wrong:
        wrong += [f"{name} fails: {failed[name]}" for name in failed if name not in case.fails]
        wrong += [f"{name} does not fail" for name in case.fails if name not in failed]
    return Proof(case, "; ".join(wrong), verdicts, sorted(failed))


def lay_over(overlay: Path | None, tree: Path) -> Path:
    """The buggy app with an overlay over it, at `tree`."""
    assert overlay is not None
    ignored = shutil.ignore_patterns("__pycache__", "case.toml")
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, tree / package, ignore=ignored)
    shutil.copytree(overlay, tree, dirs_exist_ok=True, ignore=ignored)
    return tree


def record(proof: Proof) -> None:
    """Write the checks that failed into the case's file, before any table in it."""
    assert proof.case.file is not None
    text = re.sub(r"^fails = \[.*?\]\n", "", proof.case.file.read_text(), flags=re.DOTALL | re.MULTILINE)
    head, table, rest = text.partition("\n[")
    listed = "".join(f'    "{name}",\n' for name in proof.fails)
    line = f"fails = [\n{listed}]\n" if proof.fails else "fails = []\n"
    proof.case.file.write_text(head.rstrip("\n") + "\n" + line + table + rest)


def main(arguments: list[str]) -> int:
    """Prove all cases, or those whose name contains one of the names given."""
    jobs = int(arguments[arguments.index("--jobs") + 1]) if "--jobs" in arguments else JOBS
    names = [word for word in arguments if not word.startswith("--") and not word.isdigit()]
    wanted = [c for c in cases() if not names or any(name in c.name for name in names)]
    refused = accepted = differing = 0
    with ThreadPoolExecutor(jobs) as pool:
        for proof in pool.map(prove, wanted):
            case = proof.case
            if "--record" in arguments and proof.as_stated and case.file:
                record(proof)
            elif proof.wrong:
                is_right = "fail" not in case.verdicts.values()
                if proof.as_stated:
                    differing += 1
                else:
                    refused, accepted = refused + is_right, accepted + (not is_right)
            print(
                f"{'FAIL' if proof.wrong else 'ok  '} {case.name}{': ' if proof.wrong else ''}{proof.wrong}"
            )
            sys.stdout.flush()
    print(f"{refused} right fixes refused or marked down, {accepted} wrong ones accepted")
    bad = refused + accepted + differing
    print(f"prove: {len(wanted) - bad} passed, {bad} failed")
    return int(bool(bad) or not wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
