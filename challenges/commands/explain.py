"""`explain`: once a task is passed, what was wrong, and your own change beside two others that are right."""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

from challenges import apps, record
from challenges.audit.cases import PACKAGES, SOLUTIONS
from challenges.catalogue import CHECKOUT, Challenge, find
from challenges.console import paint, wrap
from challenges.errors import InputError
from challenges.git import is_repository
from challenges.places import attempt_at
from challenges.workspace import state

HELP = "After a pass: what was wrong and why, and your own change beside two other right ones."
EXAMPLE = "python -m challenges explain b"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("challenge", help="its letter or name")
    parser.add_argument(
        "--dir", type=Path, metavar="DIR", help="the workspace (default: the one that was started)"
    )
    parser.add_argument("--anyway", action="store_true", help="show it before the task is passed")


def run(options: argparse.Namespace) -> int:
    one, attempts = find(options.challenge), record.load()
    passed = one.id in attempts and attempts[one.id].passed
    if not (passed or options.anyway):
        raise InputError(
            f"{one.title} is not passed yet: python -m challenges watch {one.letter}, or --anyway."
        )
    attempt = attempt_at(one.id, options.dir, attempts)
    own = own_change(attempt.folder)
    print((SOLUTIONS / one.id / "why.md").read_text(encoding="utf-8"))
    print(heading("Your own change"))
    print(own or f"(Nothing has changed in {attempt.folder}.)")
    for slug, reason, change in beside(one, own):
        print(heading(f"Another right one: {slug}"))
        print(f"{wrap(reason)}\n\n{change}")
    sys.stdout.flush()
    return 0


def heading(text: str) -> str:
    return paint(f"\n## {text}\n", "bold")


def own_change(folder: Path) -> str:
    """The learner's diff: of a workspace since it was made, of the checkout since its last commit."""
    if not is_repository(folder):
        return ""
    if folder.resolve() == CHECKOUT:
        from challenges.git import text

        return text("diff", "--no-color", "--no-ext-diff", "HEAD", "--", *PACKAGES, at=folder)
    return state.diff(folder)


def beside(one: Challenge, own: str) -> list[tuple[str, str, str]]:
    """Two alternatives: the one most like the learner's own change, and the one least like it."""
    import tomllib

    found = []
    for folder in sorted((SOLUTIONS / one.id / "alternatives").iterdir()):
        if (folder / "case.toml").exists():
            reason = tomllib.loads((folder / "case.toml").read_text())["reason"]
            found.append((folder.name, reason, change_of(folder)))
    likeness = sorted(found, key=lambda case: likeness_of(case[2], own))
    return [likeness[-1], likeness[0]]


def likeness_of(change: str, own: str) -> float:
    """How many of the lines that a change adds the learner's adds, too: 0 to 1."""
    mine, theirs = added(own), added(change)
    return len(mine & theirs) / max(1, len(mine | theirs))


def added(change: str) -> set[str]:
    return {line[1:].strip() for line in change.splitlines() if line.startswith("+") and line[1:].strip()}


def change_of(overlay: Path) -> str:
    """What an alternative changes in the buggy app, as a diff."""
    lines, before = list[str](), apps.buggy()
    for path in sorted(overlay.rglob("*.py")):
        name = path.relative_to(overlay).as_posix()
        old = before.get(name, b"").decode().splitlines()
        lines += difflib.unified_diff(
            old, path.read_text().splitlines(), f"a/{name}", f"b/{name}", lineterm=""
        )
    return "\n".join(lines)
