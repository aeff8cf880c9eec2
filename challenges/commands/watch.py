"""`watch`: grades a task again at each save, and shows what changed."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from challenges import record
from challenges.catalogue import ALL, find
from challenges.console import is_plain, paint
from challenges.errors import InputError
from challenges.places import attempt_at

if TYPE_CHECKING:
    from challenges.grading.card import Graded
    from challenges.grading.warm import WarmGrader

HELP = "Grade a task again at each save, showing what changed and the first failure in full."
EXAMPLE = "python -m challenges watch b"
PACKAGES = ("loans", "interview")
DEBOUNCE = 50  # milliseconds in which saves that belong together are gathered
STEP = 10
LOOK = 500  # milliseconds after which it looks, whatever it was told


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("challenge", help="its letter or name")
    parser.add_argument(
        "--dir",
        type=Path,
        metavar="DIR",
        help="the folder with loans/ (default: the workspace, or this checkout)",
    )
    parser.add_argument(
        "--once", action="store_true", help="grade once and end: exit code 0 for a pass, else 1"
    )


def run(options: argparse.Namespace) -> int:
    one, attempts = find(options.challenge), record.load()
    name = ALL if options.dir is None and one.id not in attempts and ALL in attempts else one.id
    folder = attempt_at(name, options.dir, attempts).folder
    if missing := [package for package in PACKAGES if not (folder / package).is_dir()]:
        raise InputError(f"{folder} has no {missing[0]}/: give the folder that holds it with --dir.")
    from challenges.grading.warm import WarmGrader

    with WarmGrader() as grader:
        seen = state(folder)
        graded = grade_once(grader, folder, one.id, None)
        if options.once:
            return int(not graded.passed)
        print(paint(f"\nWatching {folder}; Ctrl-C ends.", "dim"), flush=True)
        for _ in saves(folder, seen):
            graded = grade_once(grader, folder, one.id, graded)
    return 0


def grade_once(grader: WarmGrader, folder: Path, task: str, before: Graded | None) -> Graded:
    """Grade, show, and keep the best."""
    from challenges.grading.card import Graded, told

    began = time.monotonic()
    graded = Graded.of(grader.grade(folder, task[0]), task[0])
    if before is not None and not is_plain():
        print("\x1b[2J\x1b[H", end="")
    print("\n".join(told(graded, before)))
    print(paint(f"({time.monotonic() - began:.1f} s)", "dim"), flush=True)
    attempts = record.load()
    attempts.setdefault(task, record.Attempt(place_of(task, folder))).note(graded.verdict, graded.score)
    record.save(attempts)
    if graded.passed and (before is None or not before.passed):
        print(f"Passed. To compare with other fixes: python -m challenges explain {task[0]}", flush=True)
    return graded


def place_of(task: str, folder: Path) -> str:
    """How a new attempt names its folder: "" is the checkout."""
    from challenges.catalogue import CHECKOUT

    return "" if folder.resolve() == CHECKOUT else str(folder)


State = dict[Path, tuple[int, int]]


def state(folder: Path) -> State:
    """When each file of the app was written last, and its size."""
    files = [path for package in PACKAGES for path in (folder / package).rglob("*.py")]
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in files if path.exists()}


def saves(folder: Path, seen: State) -> Iterator[None]:
    """Something each time that the app is not as it was `seen`; ends with Ctrl-C.

    A save while nobody listened yet, or during a grading, is found by looking.
    """
    from watchfiles import PythonFilter, watch

    watched = [folder / package for package in PACKAGES]
    for _ in watch(
        *watched,
        watch_filter=PythonFilter(),
        debounce=DEBOUNCE,
        step=STEP,
        rust_timeout=LOOK,
        yield_on_timeout=True,
        raise_interrupt=False,
    ):
        if (now := state(folder)) != seen:
            seen = now
            yield
