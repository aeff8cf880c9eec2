"""The app with some bugs, as files; made of the healthy one, never of this checkout's own `loans/`."""

from __future__ import annotations

import importlib
import random
from collections.abc import Mapping

from challenges.catalogue import ALL, Challenge, find, ids
from challenges.errors import InputError

CLASSIC = "classic"
LEVELS = (CLASSIC, "mid", "senior")
MOST_SEEDS = 10**6


def files(bugs: Mapping[str, str]) -> dict[str, bytes]:
    """What lies where in the app with these bugs: task to variant; none is the healthy app."""
    made: dict[str, bytes] = importlib.import_module("challenges.injection").app(bugs)
    return made


def buggy() -> dict[str, bytes]:
    """The assignment's app: every classic bug."""
    return files(dict.fromkeys(ids(ALL), CLASSIC))


def draw(name: str, seed: int | None, level: str | None) -> tuple[dict[str, str], int | None]:
    """The bugs of a workspace, and the seed that chose them (None where nothing was chosen)."""
    if name.lower() == ALL:
        if seed is not None or level not in (None, CLASSIC):
            raise InputError(
                "`start all` is the assignment as it stands: leave --seed and --level out, or name a task."
            )
        return dict.fromkeys(ids(ALL), CLASSIC), None
    one = find(name)
    if seed is None and level in (None, CLASSIC):
        return _with_what_would_hide({one.id: CLASSIC}, one), None
    seed = random.SystemRandom().randrange(MOST_SEEDS) if seed is None else seed
    chosen = importlib.import_module("challenges.injection").choose(one.id, seed, level)
    return _with_what_would_hide({one.id: chosen}, one), seed


def _with_what_would_hide(bugs: dict[str, str], one: Challenge) -> dict[str, str]:
    """The bugs, and those without which the classic one could not be seen; a variant stands by itself."""
    return {**bugs, **dict.fromkeys(one.beside, CLASSIC)} if bugs[one.id] == CLASSIC else bugs
