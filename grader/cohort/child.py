"""Grades one submission in a process of its own: a fork, so that pytest and the checks are loaded once.

Whatever a submission does, it is this process that ends of it. What it found is in the submission's folder
once the process has ended with 0, and is looked at only then.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader import intake
from grader import rig as rigs
from grader.cohort import changes, results
from grader.cohort.results import Result, Status
from grader.cohort.rubric import Rubric, apply
from grader.cohort.submissions import Submission
from grader.database.installation import Starting
from grader.errors import DatabaseError, GraderError
from grader.plugin import Lender
from grader.reports.reading.card import from_json
from grader.reports.reading.edition import edition
from grader.reports.reading.formats import formats

LOG = "log.txt"
INI = Path(rigs.__file__).with_name("pytest.ini")


@dataclass(frozen=True)
class Wish:
    """How submissions are to be graded; the same for all of a run.

    `further` are options of `pytest grader` that are handed on as they are.
    """

    tasks: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    readers: tuple[str, ...] = ("interviewer",)
    formats: tuple[str, ...] = ("html",)
    resume: bool = False
    weights: Rubric | None = None
    baseline: Path = rigs.CHECKOUT  # what was handed out

    @property
    def asked(self) -> tuple[str, ...]:
        """What a result depends on; a checkout may lie elsewhere on another machine of a cluster."""
        baseline = () if self.baseline == rigs.CHECKOUT else (str(self.baseline),)
        return (*sorted(self.tasks), *self.further, *baseline)


def start(work: Callable[[], int], log: Path, leash: tuple[int, int]) -> int:
    """Fork a process that does `work`, and ends with what it returns; its pid.

    `leash` is a pipe whose second end only the run itself keeps open: the process ends with the run.
    """
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setsid()  # Ctrl-C is the run's to answer
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.close(leash[1])
        threading.Thread(target=_hold, args=(leash[0],), daemon=True).start()
        _redirect(log)
        code = work()
    except BaseException as error:
        os.write(2, f"grader: {error!r}\n".encode(errors="replace"))
    finally:
        os._exit(code)


def _hold(leash: int) -> None:
    """End with the run, whatever ended that."""
    os.read(leash, 1)
    os.killpg(0, signal.SIGKILL)


def _redirect(log: Path) -> None:
    """Let all output go to a file."""
    null = os.open(os.devnull, os.O_RDONLY)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for number, target in ((0, null), (1, file), (2, file)):
        os.dup2(target, number)


def grade(
    submission: Submission, folder: Path, scratch: Path, server: Starting | None, wish: Wish, lanes: int
) -> int:
    """Grade it and write what came of it into `folder`; 0 once that is done."""
    began = time.monotonic()
    tree = scratch / submission.name
    tree.mkdir(parents=True)
    try:
        beside = intake.take(submission.path, tree)
        baseline = handed_out(wish.baseline, scratch)
    except GraderError as error:
        results.write(folder, Result(submission.name, "", Status.REFUSED, str(error)))
        return 0
    found = changes.changes(tree, baseline)
    key = results.key(found["digest"] + beside.requirements, wish.asked)
    kept = results.read(folder) if wish.resume else None
    if kept is not None and kept.key == key and kept.status.is_final:
        renew_reports(folder, kept, wish)
        return 0
    file = scratch / "score.json"
    code = _run(submission.path, file, server, wish, lanes)
    seconds = time.monotonic() - began
    if not file.exists():
        status = Status.MACHINE if code == DatabaseError.exit_code else Status.CRASHED
        note = last_line(folder / LOG) or f"pytest ended with {code}"
        results.write(folder, Result(submission.name, key, status, note, round(seconds, 1)))
        return 0
    card = json.loads(file.read_text(encoding="utf-8"))
    card |= {"submission": submission.name, "changes": found}
    results.replace_text(folder / results.SCORECARD, json.dumps(card, indent=1) + "\n")
    write_reports(folder, card, wish)
    results.write(folder, results.of_scorecard(submission.name, key, seconds, card))
    return 0


def handed_out(baseline: Path, scratch: Path) -> Path:
    """The tree that was handed out, unpacked where it came as an archive. Raises InputError."""
    if baseline == rigs.CHECKOUT:
        return baseline
    tree = scratch / "handed-out" / "tree"
    tree.mkdir(parents=True)
    intake.take(baseline, tree)
    return tree


def renew_reports(folder: Path, kept: Result, wish: Wish) -> None:
    """The views of what is kept: another format or rubric may be wished for now."""
    if kept.has_scorecard:
        write_reports(folder, json.loads((folder / results.SCORECARD).read_text(encoding="utf-8")), wish)


def write_reports(folder: Path, found: object, wish: Wish) -> None:
    """The views of a scorecard that are wished for; the candidate's have `candidate-` before their names."""
    card = from_json(found)
    card = apply(wish.weights, card) if wish.weights else card
    for reader in wish.readers:
        head = "candidate-" if reader == "candidate" else ""
        for name in wish.formats:
            made = formats()[name]
            results.replace_text(folder / f"{head}{made.file}", made.render(edition(card, reader)))


def _run(source: Path, file: Path, server: Starting | None, wish: Wish, lanes: int) -> int:
    """`pytest grader`, here, on the run's server."""
    arguments = [str(INI.parent), "-q", "--no-header", "--tb=no", f"--jobs={lanes}", f"--submission={source}"]
    arguments += [f"--score-json={file}", *(f"--task={task}" for task in wish.tasks), *wish.further]
    sys.argv = ["pytest", *arguments]
    command = ["-c", str(INI), f"--rootdir={INI.parent}", *arguments]
    return int(pytest.main(command, plugins=[Lender(server)]))


def last_line(log: Path) -> str:
    """What a log says went wrong: the grader's own line, or else the last."""
    try:
        lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    except OSError:
        return ""
    own = [line.partition("grader: ")[2] for line in lines if "grader: " in line]
    return (own or lines or [""])[-1].strip("! ")[:300]
