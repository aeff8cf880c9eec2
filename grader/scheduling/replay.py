"""A schedule's short id, which is enough to run it once more: `same.1A.4B.2A`.

The scene's name, then whose turn it is for how many statements: `1A` one of worker A, `4B` four of worker B,
`2A2` two of A's second connection.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from grader.scheduling.footprint import Footprint
from grader.scheduling.stage import Choice


@dataclass(frozen=True)
class Replay:
    """A scene, and whose statement goes when."""

    scene: str
    schedule: tuple[str, ...]

    @property
    def id(self) -> str:
        turns = (f"{len(list(turn))}{name}" for name, turn in itertools.groupby(self.schedule))
        return ".".join((self.scene, *turns))

    def choice(self) -> Choice:
        """Follow the schedule; where it does not fit or has ended, go on with whoever is at work."""

        def choose(step: int, enabled: dict[str, Footprint], previous: str) -> str:
            wanted = self.schedule[step] if step < len(self.schedule) else previous
            return wanted if wanted in enabled else min(enabled)

        return choose


def parse(text: str) -> Replay:
    """A replay from its id. Raises ValueError with what is wrong."""
    scene, *turns = text.split(".")
    schedule: list[str] = []
    for turn in turns:
        found = re.fullmatch(r"(\d{1,3})([AB]\d?)", turn)
        if found is None:
            raise ValueError(f"{turn!r} is no turn: an id looks like same.1A.4B.2A")
        schedule += [found[2]] * int(found[1])
    if not schedule:
        raise ValueError(f"{text!r} has no turns: an id looks like same.1A.4B.2A")
    return Replay(scene, tuple(schedule))
