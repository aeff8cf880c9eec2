"""Grades a case with the grader's own command, and holds the scorecard against what is stated."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from challenges.audit.cases import Case, lay_over
from challenges.audit.injected import key, what_is_invalid
from challenges.catalogue import CHECKOUT
from challenges.workspace.making import write


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


@dataclass
class Tally:
    """The kit's own errors, as they are counted."""

    proved: int = 0
    refused: int = 0  # right fixes that were refused or marked down
    accepted: int = 0  # wrong ones that were accepted
    differing: int = 0  # the verdict is as stated, but by other checks

    @property
    def bad(self) -> int:
        return self.refused + self.accepted + self.differing

    def count(self, proof: Proof) -> None:
        self.proved += 1
        if not proof.wrong:
            return
        if proof.as_stated:
            self.differing += 1
        else:
            self.refused += proof.case.is_right
            self.accepted += not proof.case.is_right


def prove_all(wanted: Sequence[Case], jobs: int) -> Iterator[Proof]:
    """The proofs of some cases, in their order, `jobs` at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield from pool.map(prove, wanted)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


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
        tree = case.tree or Path(scratch) / "tree"
        if case.injected is not None:
            write(tree, case.injected)
            if invalid := what_is_invalid(tree):
                return Proof(case, invalid, {}, [])
        elif case.overlay is not None:
            lay_over(case.overlay, tree)
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


def record(proof: Proof) -> None:
    """Write the checks that failed into the case's file, before any table in it."""
    assert proof.case.file is not None
    text = re.sub(r"^fails = \[.*?\]\n", "", proof.case.file.read_text(), flags=re.DOTALL | re.MULTILINE)
    head, table, rest = text.partition("\n[")
    listed = "".join(f'    "{name}",\n' for name in proof.fails)
    line = f"fails = [\n{listed}]\n" if proof.fails else "fails = []\n"
    proof.case.file.write_text(head.rstrip("\n") + "\n" + line + table + rest)
