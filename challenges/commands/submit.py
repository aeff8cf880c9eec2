"""`submit`: packs what was committed in a workspace, with the time taken, the seed and the hints used."""

from __future__ import annotations

import argparse
from pathlib import Path

from challenges import record
from challenges.errors import InputError
from challenges.places import name_of, workspace
from challenges.workspace import packing, state

HELP = "Pack your committed work as one zip, with the time taken and the hints used."
EXAMPLE = "python -m challenges submit b --to ../jane.zip"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("challenge", help="its letter or name, or `all`")
    parser.add_argument(
        "--dir", type=Path, metavar="DIR", help="the workspace (default: the one that was started)"
    )
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="the zip to write (default: beside the workspace)"
    )


def run(options: argparse.Namespace) -> int:
    name, attempts = name_of(options.challenge), record.load()
    attempt = workspace(name, options.dir, attempts)
    folder = attempt.folder
    if changed := state.dirty(folder):
        raise InputError(
            f"{changed[0]} is not committed: cd {folder} && git add -A && git commit, and submit again."
        )
    if not state.diff(folder):
        raise InputError(
            f"Nothing has changed in {folder}: fix something in loans/ or interview/ and commit it."
        )
    target = (options.to or packing.free_name(folder)).absolute()
    if target.exists():
        raise InputError(f"{target} is there already: give another --to.")
    if not target.parent.is_dir():
        raise InputError(f"There is no folder {target.parent}: make it first (mkdir -p {target.parent}).")
    attempt.submitted = record.now()
    packing.pack(folder, target, facts(name, attempt))
    record.save(attempts)
    print(f"Packed {target}.\nTo grade it: pytest grader --submission={target}{task_option(name)}")
    return 0


def facts(name: str, attempt: record.Attempt) -> dict[str, object]:
    """What goes into the zip beside the code; the grader reads none of it."""
    return {
        "challenge": name,
        "seed": attempt.seed,
        "started": attempt.started or None,
        "submitted": attempt.submitted,
        "minutes": attempt.minutes,
        "hints": attempt.hints,
    }


def task_option(name: str) -> str:
    return "" if name == "all" else f" --task {name[0]}"
