"""Whether an answer says the same as others do, but for what differs between any two of those."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

TO_A_BREAK = re.compile(r".*[^A-Za-z0-9]", re.DOTALL)


def alike(text: str, others: Sequence[str]) -> bool:
    """Whether `text` equals the `others`, of which there are two or more, wherever they equal each other.

    What differs between them (a request's id, a time) is noise. JSON is compared value by value, and texts
    word by word: a sentence with a number in it still says what it says.
    """
    parts = [_parts(other) for other in others]
    mine = _parts(text)
    if any(part.keys() != mine.keys() for part in parts):
        return False
    return all(_says(value, [part[place] for part in parts]) for place, value in mine.items())


def _parts(text: str) -> dict[str, Any]:
    """A text's values by their place in it."""
    try:
        return dict(_leaves(json.loads(text), "$"))
    except (ValueError, RecursionError):
        return {"$": text}


def _leaves(value: Any, place: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, f"{place}.{key}")]
    if isinstance(value, list):
        return [leaf for n, inner in enumerate(value) for leaf in _leaves(inner, f"{place}[{n}]")]
    return [(place, value)]


def _says(value: Any, others: Sequence[Any]) -> bool:
    if all(other == others[0] for other in others):
        return bool(value == others[0])
    if not all(isinstance(other, str) for other in others):
        return True
    if not isinstance(value, str):
        return False
    words, sentences = value.split(), [other.split() for other in others]
    if len({len(sentence) for sentence in sentences}) > 1:
        return _frames(value, others)
    return len(words) == len(sentences[0]) and all(
        _frames(word, theirs) for word, *theirs in zip(words, *sentences, strict=True)
    )


def _frames(text: str, others: Sequence[str]) -> bool:
    """Whether a text begins and ends as all others do.

    Up to the last break that is no letter or digit: two numbers may well begin with the same digit by chance.
    """
    if all(other == others[0] for other in others):
        return text == others[0]
    begin = _common_beginning(others)
    end = _common_beginning([other[::-1] for other in others])[::-1]
    return text.startswith(begin) and text.endswith(end)


def _common_beginning(texts: Sequence[str]) -> str:
    same = takewhile(lambda letters: len({*letters}) == 1, zip(*texts, strict=False))
    found = TO_A_BREAK.match("".join(letters[0] for letters in same))
    return found.group() if found else ""
