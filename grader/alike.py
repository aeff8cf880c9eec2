"""Whether an answer says the same as others do, but for what differs between any two of those."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def alike(text: str, others: Sequence[str]) -> bool:
    """Whether `text` equals the `others`, of which there are two or more, wherever they equal each other.

    What differs between them (a request's id, a time) is noise. JSON is compared value by value, anything
    else word by word.
    """
    parts = [_parts(other) for other in others]
    mine = _parts(text)
    if any(part.keys() != mine.keys() for part in parts):
        return False
    return all(
        mine[place] == parts[0][place]
        for place in mine
        if all(part[place] == parts[0][place] for part in parts)
    )


def _parts(text: str) -> dict[str, Any]:
    """A text's values by their place in it."""
    try:
        return dict(_leaves(json.loads(text), "$"))
    except (ValueError, RecursionError):
        return {str(place): word for place, word in enumerate(text.split())}


def _leaves(value: Any, place: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, f"{place}.{key}")]
    if isinstance(value, list):
        return [leaf for n, inner in enumerate(value) for leaf in _leaves(inner, f"{place}[{n}]")]
    return [(place, value)]
