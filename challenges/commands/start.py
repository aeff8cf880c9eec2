"""`start`: a workspace of its own, a fresh git repository with what a candidate may see."""

from __future__ import annotations

import argparse
from pathlib import Path

from challenges import apps, record
from challenges.catalogue import ALL, CHECKOUT, find
from challenges.errors import InputError
from challenges.workspace.contents import contents
from challenges.workspace.making import make

HELP = "Make a workspace for a challenge, or for all: a folder with its own git repository."
EXAMPLE = "python -m challenges start b --seed 7 --level senior --dir ../jane"
WORKSPACES = "workspaces"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("challenge", help="its letter or name, or `all`")
    parser.add_argument(
        "--seed", type=int, metavar="S", help="chooses a variant of the bug; the same for the same S"
    )
    parser.add_argument(
        "--level", choices=apps.LEVELS, help="how subtle the bug is (default: classic; with --seed: any)"
    )
    parser.add_argument(
        "--dir", type=Path, metavar="DIR", help=f"where to make it (default: {WORKSPACES}/ in this checkout)"
    )


def run(options: argparse.Namespace) -> int:
    name = ALL if options.challenge.lower() == ALL else find(options.challenge).id
    attempts = record.load()
    bugs, seed = apps.draw(name, options.seed, options.level)
    target = place(name, options.dir)
    make(target, contents(name, bugs))
    attempts[name] = record.Attempt(str(target), bugs, seed, record.now())
    try:
        record.save(attempts)
    except OSError as error:
        print(
            f"(Your progress is not kept: {error.filename} can't be written; name one in {record.VARIABLE}.)"
        )
    print(f"Made {target}.")
    print(f"Next: cd {target}, and read {'briefs/' if name == ALL else 'BRIEF.md'} and README.md.")
    return 0


def place(name: str, asked: Path | None) -> Path:
    """Where the workspace goes, as an absolute path."""
    if asked is not None:
        target = asked.expanduser().absolute()
        if target.resolve() == CHECKOUT:
            raise InputError(f"{asked} is the kit itself: give a folder of its own, such as --dir ../jane.")
        return target
    folder = CHECKOUT / WORKSPACES
    folder.mkdir(exist_ok=True)
    return folder / name
