"""Looks at the files of `challenges/` and `solutions/`: none missing, none unknown, no brief that tells."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from challenges.audit.cases import PACKAGES, SOLUTIONS
from challenges.catalogue import HERE, Challenge, challenges
from challenges.hints import rungs

NEEDED = ("challenge.toml", "brief.md", "hints.md", "interviewer.md", "test_visible.py")
KNOWN = {*NEEDED, "bug.py"}
KINDS = {"alternatives": 6, "near_misses": 8}  # and how many of each there must be
APART = {"reference", "mixes"}  # folders of solutions/ that mirror no challenge
FEWEST_RUNGS = 4
VERDICTS = ("fail", "pass", "distinction")
BETWEEN = {"loans", "interview", "case.toml"}
IGNORED = {"__pycache__"}


def problems(root: Path = HERE, solutions: Path = SOLUTIONS) -> Iterator[str]:
    """What is wrong, a line each."""
    known = challenges(root)
    for one in known:
        yield from _folder(one)
        yield from _brief(one)
        yield from _solutions(solutions / one.id)
    for folder in sorted(path for path in solutions.iterdir() if path.is_dir()):
        if folder.name not in {one.id for one in known} | APART | IGNORED:
            yield f"{folder.name} in solutions/ mirrors no challenge"
    for file in sorted((solutions / "mixes").glob("*/case.toml")):
        yield from _case(file, mixed=True)


def _folder(one: Challenge) -> Iterator[str]:
    there = {path.name for path in one.folder.iterdir()} - IGNORED
    yield from (f"{one.id} lacks {name}" for name in NEEDED if name not in there)
    yield from (f"{one.id} holds {name}, which nothing uses" for name in sorted(there - KNOWN))
    if not re.fullmatch(r"[a-z]_[a-z_]+", one.id):
        yield f"{one.id} is no id: a letter, then words, as in b_double_tasks"
    if not one.outcomes:
        yield f"{one.id} teaches nothing: outcomes is empty"
    if "hints.md" in there and len(rungs(one.text("hints.md"))) < FEWEST_RUNGS:
        yield f"{one.id} has fewer than {FEWEST_RUNGS} hints"


def _brief(one: Challenge) -> Iterator[str]:
    """What of the cause the brief, the title or the story names: whole words that begin so."""
    if not (one.folder / "brief.md").exists():
        return
    shown = " ".join([one.text("brief.md"), one.title, one.story]).lower()
    if not one.gives_away:
        yield f"{one.id} lists nothing that would give it away"
    for word in one.gives_away:
        if re.search(rf"(?<!\w){re.escape(word.lower())}", shown):
            yield f"the brief of {one.id} gives the cause away: {word!r}"


def _solutions(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        yield f"solutions/{folder.name} is missing"
        return
    there = {path.name for path in folder.iterdir()} - IGNORED
    yield from (f"solutions/{folder.name} lacks {name}" for name in sorted({"why.md", *KINDS} - there))
    yield from (f"solutions/{folder.name} holds {name}" for name in sorted(there - {"why.md", *KINDS}))
    for kind, fewest in KINDS.items():
        found = sorted(path for path in (folder / kind).glob("*") if path.name not in IGNORED)
        if len(found) < fewest:
            yield f"solutions/{folder.name}/{kind} has {len(found)} of at least {fewest}"
        for path in found:
            yield from _case(path / "case.toml", mixed=False)


def _case(file: Path, *, mixed: bool) -> Iterator[str]:
    name = file.parent.relative_to(file.parents[3] if not mixed else file.parents[2]).as_posix()
    if not file.exists():
        yield f"{name} has no case.toml"
        return
    unknown = sorted(path.name for path in file.parent.iterdir() if path.name not in BETWEEN | IGNORED)
    yield from (f"{name} holds {other}, beside loans/ and interview/" for other in unknown)
    if not any((file.parent / package).is_dir() for package in PACKAGES):
        yield f"{name} changes nothing"
    stated = tomllib.loads(file.read_text())
    verdicts = stated.get("verdicts", {}) if mixed else {file.parts[-4][0]: stated.get("verdict")}
    if not stated.get("reason"):
        yield f"{name} states no reason"
    if not verdicts or any(verdict not in VERDICTS for verdict in verdicts.values()):
        yield f"{name} states no verdict of {', '.join(VERDICTS)}"
    if "fails" not in stated:
        yield f"{name} states no fails: python -m tests.prove --record {name}"
    if set(verdicts.values()) != {"distinction"} and not stated.get("falls_short"):
        yield f"{name} falls short of distinction and does not say of what: falls_short"
