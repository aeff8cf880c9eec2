"""The challenges: every folder here with a `challenge.toml`. The folder's name is the id everywhere."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from challenges.errors import InputError
from challenges.naming import did_you_mean

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
ALL = "all"  # every challenge at once: the assignment as it stands


@dataclass(frozen=True)
class Challenge:
    """One challenge as its `challenge.toml` states it. `minutes` is what a candidate should plan for."""

    folder: Path
    title: str
    story: str
    level: str
    minutes: int
    outcomes: tuple[str, ...]
    gives_away: tuple[str, ...]  # words that would name the cause, and so may not be in the brief
    beside: tuple[str, ...] = ()  # ids of challenges whose fix alone would hide this one's classic bug

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def letter(self) -> str:
        return self.id[0]

    def text(self, name: str) -> str:
        """The text of one of its files."""
        return (self.folder / name).read_text(encoding="utf-8")


def challenges(root: Path = HERE) -> list[Challenge]:
    """All of them, in the order of their letters."""
    return [_read(file) for file in sorted(root.glob("*/challenge.toml"))]


def _read(file: Path) -> Challenge:
    try:
        stated = tomllib.loads(file.read_text(encoding="utf-8"))
        return Challenge(
            file.parent,
            stated["title"],
            stated["story"],
            stated["level"],
            stated["minutes"],
            tuple(stated["outcomes"]),
            tuple(stated["gives_away"]),
            tuple(stated.get("beside", ())),
        )
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file} is no TOML: {error}.") from error
    except KeyError as error:
        raise InputError(f"{file} lacks {error.args[0]}: add it, as the other challenges have it.") from error


def find(name: str) -> Challenge:
    """A challenge by its letter or its id. Raises InputError, with the nearest id, where there is none."""
    known = challenges()
    asked = name.lower().replace("-", "_")
    for challenge in known:
        if asked in (challenge.letter, challenge.id):
            return challenge
    raise InputError(f"There is no challenge {name!r}{did_you_mean(asked, [c.id for c in known])}")


def ids(name: str) -> list[str]:
    """The ids that a name stands for: one, or every one for `all`."""
    return [c.id for c in challenges()] if name.lower() == ALL else [find(name).id]
