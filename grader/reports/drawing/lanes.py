"""A race as two lanes in time: each statement in its worker's lane, beside it what the other waits for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.reports.reading.evidence import Moment, Race

WORKERS = ("A", "B")


@dataclass(frozen=True)
class Cell:
    """What one worker does at a moment; `kind` is acts, waits or idle."""

    lane: str
    kind: str
    other: str


@dataclass(frozen=True)
class Row:
    """A moment in both lanes."""

    number: int
    verb: str
    rest: str
    full: str
    worker: str
    connection: str
    outcome: str
    cells: tuple[Cell, ...]

    @property
    def failed(self) -> bool:
        """Whether the outcome is an SQLSTATE."""
        return re.fullmatch(r"[0-9A-Z]{5}", self.outcome) is not None and self.outcome[0].isdigit()


@dataclass(frozen=True)
class Lanes:
    """What the template draws."""

    lanes: tuple[Row, ...]
    answers: tuple[tuple[str, str], ...]
    replay: str
    has_waits: bool


def lanes(race: Race) -> Lanes:
    """The two lanes of a race."""
    rows = tuple(
        Row(m.number, m.verb, m.rest, m.full, m.worker, m.connection, m.outcome, _cells(m))
        for m in race.moments
    )
    return Lanes(rows, race.answers, race.replay, race.has_waits)


def _cells(moment: Moment) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            worker.lower(),
            "acts" if worker == moment.worker else "waits" if moment.waits(worker) else "idle",
            "B" if worker == "A" else "A",
        )
        for worker in WORKERS
    )
