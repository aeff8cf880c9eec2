"""How a name that a person typed is told from one that is there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message about a word that is not known."""
    names = list(known)
    near = difflib.get_close_matches(word, names, 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(names)}."
