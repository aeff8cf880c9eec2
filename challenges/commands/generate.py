"""Writes `loans/` and `interview/` anew: the healthy app with every classic bug in it."""

from __future__ import annotations

import argparse
from pathlib import Path

from challenges.injection.making import CHECKOUT, PACKAGES, app, tasks

HELP = "write loans/ and interview/ anew from the healthy app and the classic bugs"
EXAMPLE = "python -m challenges generate --check"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="only say which files differ; exit code 1 where any does"
    )


def run(options: argparse.Namespace) -> int:
    made = app(dict.fromkeys(tasks(), "classic"))
    there = {path.relative_to(CHECKOUT).as_posix(): path for package in PACKAGES for path in _files(package)}
    differing = [path for path in made if path not in there or there[path].read_bytes() != made[path]]
    gone = sorted(set(there) - set(made))
    for path in sorted([*differing, *gone]):
        print(f"{path}: {'is not of the app' if path in gone else 'differs'}")
    if options.check:
        return int(bool(differing or gone))
    for path in differing:
        target = CHECKOUT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(made[path])
    for path in gone:
        there[path].unlink()
    print(f"{len(differing)} files written, {len(gone)} removed; {len(made)} are as they should be.")
    return 0


def _files(package: str) -> list[Path]:
    return sorted((CHECKOUT / package).rglob("*.py"))
