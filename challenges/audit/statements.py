"""What a `case.toml` states must be whole, and fit the place where the case lies."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

LEAST_OF_A_MIX = 2
VERDICTS = ("fail", "pass", "distinction")
KEYS = {"reason", "verdict", "verdicts", "falls_short", "fails", "wavers", "open"}
IMPOSSIBLE = {"alternatives": "fail", "near_misses": "distinction"}  # by the names of the folders


def statement_faults(case: Path, root: Path, tasks: Collection[str]) -> Iterator[str]:
    """The faults of one case's statement; `tasks` are the letters of all tasks there are."""
    file = case / "case.toml"
    if not file.is_file():
        return  # which is a fault of the folder's
    try:
        stated = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        faults = [f"is no TOML: {error}"]
    else:
        faults = [*_verdicts(stated, case, tasks), *_words(stated)]
        faults += [] if "open" in stated else _fails(stated, case, tasks)
    yield from (f"{file.relative_to(root).as_posix()} {fault}" for fault in faults)


def _given(stated: dict[str, Any], case: Path) -> dict[str, str]:
    """The verdict of each task that the case is about."""
    if case.parent.name == "mixes":
        return dict(stated.get("verdicts", {}))
    return {case.parent.parent.name[0]: stated.get("verdict", "")}


def _shortcomings(stated: dict[str, Any]) -> list[tuple[str, Any]]:
    """What it falls short of, named: one line, or in a mix a table with a line for each task."""
    given = stated.get("falls_short")
    if isinstance(given, dict):
        return [(f"falls_short.{task}", text) for task, text in given.items()]
    return [("falls_short", given)]


def _verdicts(stated: dict[str, Any], case: Path, tasks: Collection[str]) -> Iterator[str]:
    given = _given(stated, case)
    if wrong := sorted({verdict for verdict in given.values() if verdict not in VERDICTS}):
        yield f"states the verdict {wrong[0]!r}; it is one of {', '.join(VERDICTS)}."
    if case.parent.name == "mixes" and (len(given) < LEAST_OF_A_MIX or not set(given) <= set(tasks)):
        stated_of = ", ".join(sorted(given)) or "nothing"
        yield f"has verdicts of {stated_of}; a mix states some of {', '.join(tasks)}, two at least."
    if IMPOSSIBLE.get(case.parent.name) in given.values():
        yield f"states {next(iter(given.values()))}, which none of {case.parent.name}/ has: move the case."


def _words(stated: dict[str, Any]) -> Iterator[str]:
    if unknown := sorted(set(stated) - KEYS):
        yield f"has the unknown key {unknown[0]!r}."
    for name, text in [
        ("reason", stated.get("reason")),
        ("open", stated.get("open")),
        *_shortcomings(stated),
    ]:
        if text is not None and (not isinstance(text, str) or not text.strip() or "\n" in text.strip()):
            yield f"must give {name} as one line."
    if "reason" not in stated:
        yield "lacks reason: say in one line what is done."


def _fails(stated: dict[str, Any], case: Path, tasks: Collection[str]) -> Iterator[str]:
    given = _given(stated, case)
    short = [task for task, verdict in given.items() if verdict != "distinction"]
    fails = stated.get("fails")
    named = stated.get("falls_short") or ()
    if short and not named:
        yield "lacks falls_short: say in one line what keeps it from distinction."
    if isinstance(named, dict) and sorted(named) != sorted(short):
        yield f"has falls_short of {', '.join(named)}, and falls short in {', '.join(short)}."
    if fails is None or (short and not fails):
        yield f"lacks fails: python -m tests.prove --record {case.name}"
    if not short and (fails or "falls_short" in stated):
        yield "states a distinction, so that nothing fails and it falls short of nothing."
    if stray := sorted(set(stated.get("wavers", ())) - set(fails or ())):
        yield f"has {stray[0]!r} among its wavers, and not among what fails."
    for name in fails or []:
        if name[:1] not in short or name[1:2] != ".":
            yield f"names {name!r}, which is no check of {', '.join(short) or 'a task that falls short'}."
