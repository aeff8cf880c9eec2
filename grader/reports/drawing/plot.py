"""How the queries of the list grow: this submission beside the buggy app and the reference."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

from grader.reports.reading.card import Check

FILE = Path(__file__).resolve().parent.parent / "reading" / "growth.json"
WIDTH, HEIGHT = 340, 198
LEFT, RIGHT, TOP, BOTTOM = 32, 236, 30, 156
APART = 13  # between two labels
THIS = "this submission"
KINDS = {THIS: "this", "the buggy app": "bad", "the reference": "ideal"}
AXES = {"customers": "further customers", "tasks": "tasks of each loan", "loans": "loans in the list"}

Series = dict[str, dict[int, int]]


@dataclass(frozen=True)
class Tick:
    at: float
    text: str

    @property
    def text_at(self) -> float:
        return self.at + 3


@dataclass(frozen=True)
class Dot:
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """One series; its label stands at the right, at `label_y`."""

    name: str
    kind: str
    dots: tuple[Dot, ...]
    label_y: float

    @property
    def points(self) -> str:
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


@dataclass(frozen=True)
class Plot:
    """A plot as the template draws it; `words` says the same."""

    id: str
    axis: str
    words: str
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    tick_x: int = LEFT - 6
    tick_y: int = BOTTOM + 16
    label_x: int = RIGHT + 8
    middle: float = (LEFT + RIGHT) / 2
    axis_y: int = BOTTOM + 34


@functools.cache
def _measured() -> dict[str, Series]:
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        check: {name: {int(size): count for size, count in counts.items()} for name, counts in series.items()}
        for check, series in found.items()
    }


def plot(check: Check, queries: dict[str, int]) -> Plot | None:
    """The plot of a check, where its evidence has counts at two sizes or more."""
    mine = {int(found[0]): count for name, count in queries.items() if (found := re.search(r"\d{1,6}", name))}
    if len(mine) < 2:
        return None
    series: Series = {THIS: mine, **_measured().get(check.id, {})}
    sizes = sorted({size for counts in series.values() for size in counts})
    top = max(1, *(count for counts in series.values() for count in counts.values()))
    axis = next((text for word, text in AXES.items() if any(word in name for name in queries)), "size")
    return Plot(
        id=f"plot-{check.id.replace('.', '-')}",
        axis=axis,
        words=_words(series),
        rows=tuple(Tick(_y(value, top), str(value)) for value in sorted({0, top // 2, top})),
        columns=tuple(Tick(_x(size, sizes), str(size)) for size in _apart(sizes)),
        lines=_lines(series, sizes, top),
    )


def _x(size: int, sizes: list[int]) -> float:
    return round(LEFT + (RIGHT - LEFT) * size / (sizes[-1] or 1), 1)


def _y(count: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * count / top, 1)


def _apart(sizes: list[int]) -> list[int]:
    """The sizes whose marks do not touch."""
    kept = sizes[-1:]
    for size in reversed(sizes[:-1]):
        if _x(kept[0], sizes) - _x(size, sizes) > APART:
            kept.insert(0, size)
    return kept


def _lines(series: Series, sizes: list[int], top: int) -> tuple[Line, ...]:
    ends = {name: _y(counts[max(counts)], top) for name, counts in series.items()}
    labels: dict[str, float] = {}
    for name in sorted(ends, key=lambda name: -ends[name]):  # from the lowest up, each clear of the last
        labels[name] = min([ends[name], *(at - APART for at in labels.values())])
    return tuple(
        Line(
            name,
            KINDS.get(name, "bad"),
            tuple(Dot(_x(size, sizes), _y(count, top)) for size, count in sorted(counts.items())),
            labels[name] + 4,
        )
        for name, counts in series.items()
    )


def _words(series: Series) -> str:
    parts = [
        f"{name}: " + ", ".join(f"{count} at {size}" for size, count in sorted(counts.items()))
        for name, counts in series.items()
    ]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."
