"""Grades a case with the grader's own command, and holds the scorecard against what the case states."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from challenges.audit.cases import PACKAGES, Case
from challenges.audit.injected import key, lay_out, what_is_invalid
from challenges.catalogue import CHECKOUT

JOBS = (os.cpu_count() or 1) + 1  # one of them sleeps now and then


@dataclass(frozen=True)
class Proof:
    """How the grading of a case came out; `wrong` is "" where all is as stated."""

    case: Case
    wrong: str
    verdicts: dict[str, str]  # none where the case could not be graded
    fails: list[str]

    @property
    def as_stated(self) -> bool:
        return self.verdicts == self.case.verdicts

    @property
    def line(self) -> str:
        return f"FAIL {self.case.name}: {self.wrong}" if self.wrong else f"ok   {self.case.name}"


def prove_all(cases: Iterable[Case], jobs: int, done: Callable[[Proof], None]) -> list[Proof]:
    """Grade `jobs` cases at a time; `done` hears of each, in the order of the cases."""
    proofs = []
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for proof in pool.map(prove, cases):
                done(proof)
                proofs.append(proof)
        except BaseException:  # Ctrl-C does not wait for hundreds of cases
            pool.shutdown(cancel_futures=True)
            raise
    return proofs


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
        sure = [name for name in case.fails if name not in case.wavers]
        wrong += [f"{name} does not fail" for name in sure if name not in failed]
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
