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
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.text import Text

from grader import checks
from grader.cohort import overview, results, table
from grader.cohort.child import Wish
from grader.cohort.options import grading
from grader.cohort.pool import Pool
from grader.cohort.progress import Watch
from grader.cohort.results import Result
from grader.cohort.submissions import Submission, submissions
from grader.database.server import URL_VARIABLE
from grader.errors import GraderError, InputError
from grader.reaper import Reaper
from grader.scorecard import check_id
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
        out = _folder(wanted, [one.name for one in found])
        done, interrupted = _grade(found, out, wanted, console)
    except GraderError as error:
        print(f"grader: {error}", file=sys.stderr)
        return error.exit_code
    _finish(out, done, console)
    if interrupted:
        again = f"add --resume --out {out}" if not wanted.resume else "start it again as it was"
        console.print(f"Interrupted: {len(done)} of {len(found)} graded. To go on, {again}.", soft_wrap=True)
        return INTERRUPTED
    return _exit_code(done, wanted.fail_under)


def _check_tasks(wanted: Sequence[str]) -> None:
    files = Path(next(iter(checks.__path__))).glob("test_*.py")
    known = sorted({check_id(file.stem, "test_x")[0] for file in files})
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise InputError(f"--task: there is no task {unknown[0]!r}; there are {', '.join(known)}.")


def _check_limits(wanted: Sequence[str]) -> None:
    try:
        Limits().changed(wanted)
    except ValueError as error:
        raise InputError(f"--limit: {error}.") from error


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
    found: list[Submission], out: Path, wanted: argparse.Namespace, console: Console
) -> tuple[list[Result], bool]:
    """The results, and whether somebody interrupted. Raises InputError for a scheduler that is not there."""
    wish = Wish(
        tuple(wanted.task),
        _further(wanted),
        tuple(dict.fromkeys(wanted.readers or ["interviewer"])),
        tuple(dict.fromkeys(wanted.format or ["html"])),
        wanted.resume,
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


def _finish(out: Path, done: list[Result], console: Console) -> None:
    """The page that compares, the CSV, the table."""
    order = {name: place for place, name in enumerate(sorted(result.name for result in done))}
    done.sort(key=lambda result: order[result.name])
    overview.write(out, done)
    table.show(console, done)
    console.print(Text(f"{out / overview.PAGE} compares them; each has a folder beside it."), soft_wrap=True)


def _exit_code(done: list[Result], least: int | None) -> int:
    if any(not result.has_scorecard for result in done):
        return UNGRADED
    return BELOW if least is not None and any(result.score < least for result in done) else 0
