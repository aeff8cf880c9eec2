"""Proves the grader on `solutions/`: every tree there gets the verdict that it states, by the grader itself.

    python -m tests.prove [TASK/KIND/SLUG …]

Grades the checkout (all five tasks fail), the reference (distinction in all), and each overlay on the
buggy app for its own task; two at a time. Prints the kit's own error rates: right fixes refused and wrong
ones accepted must both be 0.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SOLUTIONS = CHECKOUT / "solutions"
PACKAGES = ("loans", "interview")
TASKS = ("a", "b", "c", "d", "e")
JOBS = 2


@dataclass(frozen=True)
class Case:
    """A tree and the verdicts that it must get, by task."""

    name: str
    overlay: Path | None  # what lies over the buggy app
    tree: Path | None  # or a whole tree
    verdicts: dict[str, str]


def cases() -> Iterator[Case]:
    """Everything there is to prove; what exists is found by looking."""
    yield Case("the buggy app", None, CHECKOUT, dict.fromkeys(TASKS, "fail"))
    yield Case("reference", None, SOLUTIONS / "reference", dict.fromkeys(TASKS, "distinction"))
    for file in sorted(SOLUTIONS.glob("*/*/*/case.toml")):
        folder = file.parent
        stated = tomllib.loads(file.read_text())
        task = folder.parent.parent.name[0]
        name = str(folder.relative_to(SOLUTIONS))
        yield Case(name, folder, None, {task: stated["verdict"]})


def grade(case: Case) -> str:
    """ "" where the verdicts are as stated, else what is not."""
    with tempfile.TemporaryDirectory(prefix="prove-") as scratch:
        tree = case.tree or lay_over(case.overlay, Path(scratch) / "tree")
        score = Path(scratch) / "score.json"
        tasks = [part for task in case.verdicts for part in ("--task", task)]
        command = [sys.executable, "-m", "pytest", "grader", "-q", "--jobs=1", f"--submission={tree}", *tasks]
        done = subprocess.run(
            [*command, "--score-json", str(score)], cwd=CHECKOUT, capture_output=True, text=True
        )
        if not score.exists():
            return f"no scorecard, exit code {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}"
        graded = json.loads(score.read_text())["tasks"]
    wrong = []
    for task, verdict in case.verdicts.items():
        if graded[task]["verdict"] != verdict:
            failed = [c for c in graded[task]["checks"] if c["outcome"] != "passed"]
            seen = "; ".join(f"{c['id']}: {c['observed']}" for c in failed[:2])
            wrong.append(f"{task} is {graded[task]['verdict']}, not {verdict} ({seen})")
    return "; ".join(wrong)


def lay_over(overlay: Path | None, tree: Path) -> Path:
    """The buggy app with an overlay over it, at `tree`."""
    assert overlay is not None
    ignored = shutil.ignore_patterns("__pycache__", "case.toml")
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, tree / package, ignore=ignored)
    shutil.copytree(overlay, tree, dirs_exist_ok=True, ignore=ignored)
    return tree


def main(names: list[str]) -> int:
    """Prove all cases, or those whose name contains one of `names`."""
    wanted = [c for c in cases() if not names or any(name in c.name for name in names)]
    refused = accepted = 0
    with ThreadPoolExecutor(JOBS) as pool:
        for case, wrong in zip(wanted, pool.map(grade, wanted), strict=True):
            print(f"{'ok  ' if not wrong else 'FAIL'} {case.name}{': ' if wrong else ''}{wrong}", flush=True)
            if wrong:
                is_right = "fail" not in case.verdicts.values()
                refused, accepted = refused + is_right, accepted + (not is_right)
    print(f"{refused} right fixes refused or marked down, {accepted} wrong ones accepted")
    print(f"prove: {len(wanted) - refused - accepted} passed, {refused + accepted} failed")
    return int(bool(refused or accepted) or not wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
