"""What a SELECT fetches: its select list, cut into items."""

from __future__ import annotations

import re
from functools import lru_cache

# What a cut must not fall into, and what it falls at; words, so that "from" in one is no FROM.
_PIECE = re.compile(r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | \w+ | [(),] | [^'"\w(),]+""", re.VERBOSE)
_ALIAS = re.compile(r"\s+AS\s+(?:\w+|\"[^\"]*\")$", re.IGNORECASE)
_COLUMN = re.compile(r"""(?:"?(?P<table>\w+)"?\.)?"?(?P<column>\w+)"?""")


@lru_cache(maxsize=4096)
def select_list(sql: str) -> tuple[str, ...]:
    """The items between SELECT and its FROM, as written; none where it is no SELECT."""
    pieces = iter(_PIECE.findall(sql.strip()))
    if next(pieces, "").upper() != "SELECT":
        return ()
    items, depth = [""], 0
    for piece in pieces:
        if not depth and piece.upper() == "FROM":
            break
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and not depth:
            items.append("")
        else:
            items[-1] += piece
    return tuple(" ".join(item.split()) for item in items)


def columns(sql: str) -> list[tuple[str, str]]:
    """The columns that are fetched as they are, with the name that the statement calls their table by."""
    found = (_COLUMN.fullmatch(_ALIAS.sub("", item)) for item in select_list(sql))
    return [((one["table"] or "").lower(), one["column"].lower()) for one in found if one]


def is_aggregate(item: str) -> bool:
    """Whether an item of a select list counts or sums up, in groups (and not over a window)."""
    return re.match(r"(COUNT|SUM|AVG|MIN|MAX)\s*\((?!.*\bOVER\b)", item, re.IGNORECASE) is not None
