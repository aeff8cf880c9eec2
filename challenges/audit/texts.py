"""What a candidate reads must not give the answer away: not the cause in a brief, not the fix in a hint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from challenges.catalogue import Challenge, challenges
from challenges.errors import InputError
from challenges.hints import rungs

LEAST_RUNGS = 4
TELLING = 18  # characters from which on a line of code is no chance


def text_faults(root: Path, tasks: Iterable[str]) -> Iterator[str]:
    """The faults of the texts of these tasks (ids), below the checkout `root`."""
    try:
        known = {challenge.id: challenge for challenge in challenges(root / "challenges")}
    except InputError as error:
        yield str(error)
        return
    fix = lines_of_the_fix(root)
    for task in tasks:
        if task in known:  # where it is not, its challenge.toml is missing
            yield from _facts(known[task])
            yield from (
                f"{task}/challenge.toml has {other!r} in beside, which is no challenge."
                for other in known[task].beside
                if other not in known
            )
            yield from _brief(known[task], fix)
            yield from _hints(known[task], fix)


def lines_of_the_fix(root: Path) -> set[str]:
    """The lines that the healthy app has and the buggy one has not, long enough to be told."""
    healthy, buggy = _lines(root / "solutions" / "reference"), _lines(root)
    return {line for line in healthy - buggy if len(line) >= TELLING}


def _lines(tree: Path) -> set[str]:
    files = [file for package in ("loans", "interview") for file in (tree / package).rglob("*.py")]
    return {line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()}


def _facts(challenge: Challenge) -> Iterator[str]:
    where = f"{challenge.id}/challenge.toml"
    for name in ("title", "story", "level", "outcomes", "gives_away"):
        if not getattr(challenge, name):
            yield f"{where} has an empty {name}."
    if challenge.minutes <= 0:
        yield f"{where} must say in minutes how long the work takes."
    for name in ("title", "story"):
        for word in _named(getattr(challenge, name), challenge.gives_away):
            yield f"{where} names the cause: {word!r} in {name}."


def _brief(challenge: Challenge, fix: set[str]) -> Iterator[str]:
    text = _text(challenge, "brief.md")
    for word in _named(text, challenge.gives_away):
        yield f"{challenge.id}/brief.md names the cause: {word!r}."
    yield from (f"{challenge.id}/brief.md shows the fix: {line}" for line in _shown(text, fix))


def _hints(challenge: Challenge, fix: set[str]) -> Iterator[str]:
    text = _text(challenge, "hints.md")
    number = len(rungs(text))
    if text and number < LEAST_RUNGS:
        yield f"{challenge.id}/hints.md has {number} rungs (## …); at least {LEAST_RUNGS} are needed."
    yield from (f"{challenge.id}/hints.md shows the fix: {line}" for line in _shown(text, fix))


def _text(challenge: Challenge, name: str) -> str:
    """The text of a file; "" where it is missing, which is a fault of the folder's."""
    return challenge.text(name) if (challenge.folder / name).is_file() else ""


def _named(text: str, words: Iterable[str]) -> list[str]:
    """The given beginnings of words that stand in the text, in any case, over line ends and hyphens."""
    plain = " ".join(re.split(r"[\s-]+", text.lower()))
    asked = [(word, " ".join(re.split(r"[\s-]+", word.lower()))) for word in words]
    return [word for word, sought in asked if re.search(rf"(?<!\w){re.escape(sought)}", plain)]


def _shown(text: str, fix: set[str]) -> list[str]:
    """The lines of the fix that a text shows."""
    return sorted({line.strip() for line in text.splitlines()} & fix)
