"""`python -m grader PATH…`: from the words typed to the results, the table and the exit code."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.text import Text

from grader.cohort import overview, results, rubric, suite, table
from grader.cohort.child import Wish
from grader.cohort.options import grading
from grader.cohort.pool import Pool
from grader.cohort.progress import Watch
from grader.cohort.results import Result
from grader.cohort.rubric import Rubric
from grader.cohort.submissions import Submission, submissions
from grader.database.server import URL_VARIABLE
from grader.errors import GraderError, InputError
from grader.reaper import Reaper
from grader.rig import CHECKOUT
from grader.workers.limits import Limits

RUN = "run.json"
BELOW, UNGRADED, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str]) -> int:
    """Grade. 0: all are graded; 1: one is below --fail-under; 2: one could not be; 130: interrupted."""
    wanted = grading().parse_args(arguments)
    console = Console(highlight=False)
    try:
        found = submissions(wanted.paths)
        _check_tasks(wanted.task)
        _check_limits(wanted.limit)
        weights = _weights(wanted.rubric)
        _check_baseline(wanted)
        out = _folder(wanted, [one.name for one in found])
        done, interrupted = _grade(found, out, wanted, weights, console)
    except GraderError as error:
        print(f"grader: {error}", file=sys.stderr)
        return error.exit_code
    done = _finish(out, done, weights, console)
    if interrupted:
        again = f"add --resume --out {out}" if not wanted.resume else "start it again as it was"
        console.print(f"Interrupted: {len(done)} of {len(found)} graded. To go on, {again}.", soft_wrap=True)
        return INTERRUPTED
    return _exit_code(done, wanted.fail_under)


def _check_tasks(wanted: Sequence[str]) -> None:
    known = suite.letters()
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise InputError(f"--task: there is no task {unknown[0]!r}; there are {', '.join(known)}.")


def _check_limits(wanted: Sequence[str]) -> None:
    try:
        Limits().changed(wanted)
    except ValueError as error:
        raise InputError(f"--limit: {error}.") from error


def _weights(file: Path | None) -> Rubric | None:
    """The rubric in a file, if there is one. Raises InputError."""
    if file is None:
        return None
    weights = rubric.read(file)
    unknown = sorted((set(weights.points) - suite.load()) | (set(weights.tasks) - set(suite.letters())))
    if unknown:
        raise InputError(f"--rubric: there is no {unknown[0]}.")
    return weights


def _check_baseline(wanted: argparse.Namespace) -> None:
    if not wanted.baseline.exists():
        raise InputError(f"--baseline: there is no {wanted.baseline}.")
    if wanted.scheduler and wanted.baseline.resolve() != CHECKOUT:
        raise InputError("--baseline is not sent to a cluster: leave out --scheduler.")


def _folder(wanted: argparse.Namespace, names: list[str]) -> Path:
    """The run's folder, made where it is missing. Raises InputError."""
    if wanted.out is None and wanted.resume:
        raise InputError("--resume needs --out: which run is to be gone on with?")
    out: Path = wanted.out or Path("runs") / datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
    if (out / RUN).exists() and not wanted.resume:
        raise InputError(f"{out} has a run already: add --resume to go on with it, or name another folder.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        results.replace_text(out / RUN, json.dumps({"schema": 1, "submissions": names}, indent=1) + "\n")
    except OSError as error:
        raise InputError(f"{out} can't be written: {error.strerror}.") from error
    return out


def _grade(
    found: list[Submission],
    out: Path,
    wanted: argparse.Namespace,
    weights: Rubric | None,
    console: Console,
) -> tuple[list[Result], bool]:
    """The results, and whether somebody interrupted. Raises InputError for a scheduler that is not there."""
    wish = Wish(
        tuple(wanted.task),
        _further(wanted),
        tuple(dict.fromkeys(wanted.readers or ["interviewer"])),
        tuple(dict.fromkeys(wanted.format or ["html"])),
        wanted.resume,
        weights,
        wanted.baseline.resolve(),
    )
    jobs = min(wanted.jobs, len(found))
    watch = Watch(console, len(found), jobs)
    if wanted.scheduler:
        from grader.cohort.cluster import Cluster

        return _watched(Cluster(found, out, wish, wanted.time_limit, wanted.scheduler).run(), watch)
    return grade_all(found, out, wish, jobs, wanted.time_limit, watch)


def _further(wanted: argparse.Namespace) -> tuple[str, ...]:
    """The options that `pytest grader` is given as they are; its own limit of time ends before the run's."""
    further = [f"--limit=run={wanted.time_limit}", *(f"--limit={limit}" for limit in wanted.limit)]
    further += [f"--isolation={wanted.isolation}"] if wanted.isolation else []
    return (*further, "--install-requirements") if wanted.install_requirements else tuple(further)


def grade_all(
    found: list[Submission], out: Path, wish: Wish, jobs: int, limit: float, watch: Watch
) -> tuple[list[Result], bool]:
    """Grade on this machine; the results, and whether somebody interrupted."""
    root = Path(tempfile.mkdtemp(prefix="grader-"))
    root.chmod(0o711)
    reaper = Reaper()
    reaper.folder(root)
    try:
        pool = Pool(found, out, wish, jobs, limit, root, bool(os.environ.get(URL_VARIABLE)))
        return _watched(pool.run(), watch)
    finally:
        reaper.close()


def _watched(running: Generator[Result | None], watch: Watch) -> tuple[list[Result], bool]:
    """Take each result as it comes, and show it."""
    done: list[Result] = []
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with watch.watching(), closing(running):
            for result in running:
                if result is None:
                    watch.tick()
                else:
                    done.append(result)
                    watch.show(result)
    except KeyboardInterrupt:
        return done, True
    finally:
        signal.signal(signal.SIGTERM, before)
    return done, False


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _finish(out: Path, done: list[Result], weights: Rubric | None, console: Console) -> list[Result]:
    """The page that compares, the CSV, the table; the results, with the scores that a rubric gives them."""
    made = overview.write(out, sorted(done, key=lambda result: result.name), weights)
    weighed = [
        replace(
            entry.result, score=entry.score, note="; ".join(filter(None, (entry.grade, entry.result.note)))
        )
        for entry in made.entries
    ]
    table.show(console, weighed)
    console.print(Text(f"{out / overview.PAGE} compares them; each has a folder beside it."), soft_wrap=True)
    return weighed


def _exit_code(done: list[Result], least: int | None) -> int:
    if any(not result.has_scorecard for result in done):
        return UNGRADED
    return BELOW if least is not None and any(result.score < least for result in done) else 0
