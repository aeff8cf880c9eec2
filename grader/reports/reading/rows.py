"""Rows of the database as tables for people: loans and tasks apart, what changed marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
TIMES = ("created_at", "started_at", "completed_at")
ORDER = ("id", "status", "current_task_id", "loan_id", "task_type", "is_completed", "completed_at")
LEFT_OUT = {"amount", "tenure_months", "created_at", "customer_id", "started_at"}  # unless they changed


@dataclass(frozen=True)
class Cell:
    """A value; `was` is what it was before, where that differs."""

    text: str
    was: str | None = None


@dataclass(frozen=True)
class Line:
    """A row; `state` is "", "new" or "gone"."""

    cells: tuple[Cell, ...]
    state: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of one kind."""

    caption: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def tables(rows: list[Row]) -> tuple[Table, ...]:
    """Rows as they are at the end."""
    return _tables("Rows at the end", [(row, row) for row in rows])


def before_and_after(before: list[Any], after: list[Any]) -> tuple[Table, ...]:
    """Rows as they were and as they are; a new or a lost one is marked."""
    was = {_key(row): row for row in before if isinstance(row, dict)}
    now = {_key(row): row for row in after if isinstance(row, dict)}
    return _tables("Rows before and after", [(was.get(key), now.get(key)) for key in {**was, **now}])


def _key(row: Row) -> tuple[bool, str]:
    return _is_task(row), str(row.get("id"))


def _is_task(row: Row) -> bool:
    return "task_type" in row


def _tables(caption: str, pairs: list[tuple[Row | None, Row | None]]) -> tuple[Table, ...]:
    found: list[Table] = []
    for name, is_task in (("loans", False), ("tasks", True)):
        chosen = [(was, now) for was, now in pairs if _is_task(now or was or {}) is is_task]
        if chosen:
            found.append(_table(f"{caption}: {name}", chosen))
    return tuple(found)


def _table(caption: str, pairs: list[tuple[Row | None, Row | None]]) -> Table:
    keys = list(dict.fromkeys(key for was, now in pairs for key in (now or was or {})))
    changed = {key for was, now in pairs for key in keys if was and now and was.get(key) != now.get(key)}
    columns = [key for key in ORDER if key in keys]
    columns += [key for key in keys if key not in ORDER and (key not in LEFT_OUT or key in changed)]
    lines = tuple(_line(was, now, columns) for was, now in pairs)
    return Table(caption, tuple(_title(key) for key in columns), lines)


def _line(was: Row | None, now: Row | None, columns: list[str]) -> Line:
    row = now or was or {}
    cells = tuple(
        Cell(
            _text(key, row.get(key)),
            _text(key, was.get(key)) if was and now and was.get(key) != now.get(key) else None,
        )
        for key in columns
    )
    return Line(cells, "new" if was is None else "gone" if now is None else "")


def _title(key: str) -> str:
    return key.removesuffix("_id").replace("_", " ")


def _text(key: str, value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return text[11:23] if key in TIMES and len(text) > 23 else text
