"""`branches`: every challenge as a local git branch of this repository."""

from __future__ import annotations

import argparse

from challenges import branches
from challenges.apps import draw
from challenges.catalogue import ALL, CHECKOUT, challenges
from challenges.errors import InputError
from challenges.git import is_repository
from challenges.workspace.contents import contents

HELP = "Make the git branches challenge/a-slow-list … challenge/all; your files are not touched."
EXAMPLE = "python -m challenges branches --solutions"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--solutions", action="store_true", help="make solution/… too: the same, healthy")


def run(options: argparse.Namespace) -> int:
    if not is_repository(CHECKOUT):
        raise InputError(
            f"{CHECKOUT} is no git repository: clone the kit, or use python -m challenges start."
        )
    kinds = {"challenge": True, "solution": False} if options.solutions else {"challenge": True}
    wanted = {
        f"{kind}/{name.replace('_', '-')}": contents(name, bugs_of(name) if buggy else {})
        for kind, buggy in kinds.items()
        for name in [*(one.id for one in challenges()), ALL]
    }
    for name, done in branches.make(CHECKOUT, wanted).items():
        print(f"{done:<10} {name}")
    print("\nTo look at one: git worktree add ../slow challenge/a-slow-list")
    return 0


def bugs_of(name: str) -> dict[str, str]:
    return draw(name, None, None)[0]
