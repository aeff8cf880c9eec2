"""What a check's evidence shows, as figures that a view can draw. Of another form, it gives no figure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from grader.reports.reading.card import Check
from grader.reports.reading.rows import Table, before_and_after, tables
from grader.terminal import shorten

CALL = re.compile(
    r"(?P<method>GET|POST|PUT|PATCH|DELETE) (?P<path>/\S*)(?P<body> .+?)? as (?P<who>.+?) → (?P<status>\d{3})"
)
MOST_STATEMENTS = 15  # of the list; it is the pattern that tells
FIGURES = {
    *("queries", "counted_by_django", "repeated", "relations", "captured", "schedule", "answers", "replay"),
    *("calls", "rows", "before", "after", "loan", "tasks", "answer", "statement", "sent_from"),
}


@dataclass(frozen=True)
class Exchange:
    """A call and what was answered."""

    method: str
    path: str
    body: str
    who: str
    status: str
    answer: str = ""

    @property
    def kind(self) -> str:
        """2xx, 4xx or 5xx: a word for a style."""
        return {"2": "accepted", "4": "refused"}.get(self.status[0], "broken")


@dataclass(frozen=True)
class Moment:
    """A statement of a race: in whose lane, and who waited meanwhile."""

    number: int
    worker: str
    connection: str
    verb: str
    rest: str
    full: str
    outcome: str
    waiting: tuple[str, ...]

    def waits(self, worker: str) -> bool:
        return worker in self.waiting and worker != self.worker


@dataclass(frozen=True)
class Race:
    """A failing order of two calls."""

    moments: tuple[Moment, ...]
    answers: tuple[tuple[str, str], ...]
    replay: str

    @property
    def has_waits(self) -> bool:
        return any(moment.waiting for moment in self.moments)


@dataclass(frozen=True)
class Shown:
    """All figures of a check."""

    race: Race | None = None
    calls: tuple[Exchange, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    rows: tuple[Table, ...] = ()
    repeated: str = ""
    relations: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    statement: str = ""
    further: str = ""
    queries: dict[str, int] = field(default_factory=dict)


def shown(check: Check) -> Shown:
    """The figures in a check's evidence; what is in it beside them is given as JSON."""
    found = check.evidence
    race = _race(found)
    calls = exchanges_in("\n".join(_strings(found.get("calls"))))
    further = {key: value for key, value in found.items() if key not in FIGURES}
    return Shown(
        race=race,
        calls=calls,
        exchanges=() if race or calls or check.passed else _exchanges(check),
        rows=_rows(found),
        repeated=str(found.get("repeated") or ""),
        relations=_strings(found.get("relations")),
        places=_strings(found.get("sent_from")),
        statements=tuple(map(shorten, _strings(found.get("captured"))[:MOST_STATEMENTS])),
        statement=str(found.get("statement") or ""),
        further=json.dumps(further, indent=2, ensure_ascii=False) if further else "",
        queries=_numbers(found.get("queries")),
    )


def exchanges_in(text: str) -> tuple[Exchange, ...]:
    """The calls that a text tells of."""
    return tuple(
        Exchange(found["method"], found["path"], (found["body"] or "").strip(), found["who"], found["status"])
        for found in CALL.finditer(text)
    )


def _exchanges(check: Check) -> tuple[Exchange, ...]:
    """The calls of what was seen; the evidence has the last one's answer."""
    told = str(check.evidence.get("answer") or "")
    found = list(exchanges_in(check.observed)) or list(exchanges_in(told))
    if found and told and not CALL.search(told):
        last = found[-1]
        found[-1] = Exchange(last.method, last.path, last.body, last.who, last.status, told)
    return tuple(found)


def _race(found: dict[str, Any]) -> Race | None:
    steps = [step for step in found.get("schedule") or [] if isinstance(step, dict)]
    answers = found.get("answers")
    if not steps or not isinstance(answers, dict):
        return None
    return Race(
        tuple(_moment(number, step) for number, step in enumerate(steps, start=1)),
        tuple((str(worker), str(answer)) for worker, answer in sorted(answers.items())),
        str(found.get("replay") or ""),
    )


def _moment(number: int, step: dict[str, Any]) -> Moment:
    full = str(step.get("statement", ""))
    verb, _, rest = shorten(full).partition(" ")
    return Moment(
        number,
        str(step.get("worker", ""))[:1],
        str(step.get("connection", "")),
        verb,
        rest,
        full,
        str(step.get("outcome", "")),
        _strings(step.get("blocked")),
    )


def _rows(found: dict[str, Any]) -> tuple[Table, ...]:
    if isinstance(found.get("before"), list) and isinstance(found.get("after"), list):
        return before_and_after(found["before"], found["after"])
    kept = found["rows"] if isinstance(found.get("rows"), dict) else found
    rows: list[Any] = []
    for key in ("loans", "loan", "tasks", "other"):
        value = kept.get(key)
        rows += value if isinstance(value, list) else [value]
    return tables([row for row in rows if isinstance(row, dict)])


def _strings(found: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in found) if isinstance(found, list) else ()


def _numbers(found: Any) -> dict[str, int]:
    if not isinstance(found, dict):
        return {}
    return {str(name): count for name, count in found.items() if isinstance(count, int)}
