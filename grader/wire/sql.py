"""What kind of statement a piece of SQL is, and which words in it may name tables.

No full parser: whoever asks errs on the safe side (see `grader/scheduling/footprint.py`), so that a
statement which is not understood is taken to touch everything.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"""
      (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?P<string>  [eE]?'(?:[^'\\]|''|\\.)*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
    | "(?P<quoted> (?:[^"]|"")+ )"
    | (?P<word>    [A-Za-z_][A-Za-z0-9_$]* )
    | (?P<mark>    [;(] )
    """,
    re.VERBOSE | re.DOTALL,
)


class Kind(enum.Enum):
    """What a statement does, as far as the order of statements is concerned."""

    READ = "read"
    LOCK = "lock"  # a read that takes row locks
    WRITE = "write"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    RELEASE = "release"
    ROLLBACK_TO = "rollback to"
    SESSION = "session"  # SET, SHOW and their like: nothing that another session can see
    OTHER = "other"  # anything else: taken to touch everything


_BY_FIRST_WORD = {
    "select": Kind.READ,
    "values": Kind.READ,
    "table": Kind.READ,
    "insert": Kind.WRITE,
    "update": Kind.WRITE,
    "delete": Kind.WRITE,
    "merge": Kind.WRITE,
    "with": Kind.READ,
    "begin": Kind.BEGIN,
    "start": Kind.BEGIN,
    "commit": Kind.COMMIT,
    "end": Kind.COMMIT,
    "rollback": Kind.ROLLBACK,
    "abort": Kind.ROLLBACK,
    "savepoint": Kind.SAVEPOINT,
    "release": Kind.RELEASE,
    "set": Kind.SESSION,
    "show": Kind.SESSION,
    "reset": Kind.SESSION,
    "deallocate": Kind.SESSION,
    "close": Kind.SESSION,
    "fetch": Kind.READ,
    "declare": Kind.READ,
    "": Kind.SESSION,
}
_WRITING = {"insert", "update", "delete", "merge", "into"}
_LOCK_STRENGTHS = {"update", "share", "no", "key"}
_STRICT = re.compile(r"\bisolation\s+level\s+(serializable|repeatable\s+read)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """A piece of SQL, understood. `words` are the identifiers in it, lower case unless quoted."""

    kind: Kind
    words: frozenset[str]
    strict_isolation: bool  # asks for REPEATABLE READ or SERIALIZABLE
    several: bool  # more than one statement in one message


@lru_cache(maxsize=4096)
def understand(sql: str) -> Statement:
    """Understand a piece of SQL; never fails."""
    words: list[str] = []
    all_words: list[str] = []
    after_end = several = False
    for token in _TOKEN.finditer(sql):
        group = token.lastgroup if token.lastgroup != "tag" else "string"
        if group == "mark":
            after_end = after_end or token.group() == ";"
            continue
        if group in ("comment", "string"):
            continue
        several = several or after_end
        text = token.group()
        words.append(text.lower() if group == "word" else "")
        all_words.append(text.lower() if group == "word" else token.group("quoted"))
    kind = Kind.OTHER if several else _kind(words)
    return Statement(kind, frozenset(all_words), bool(_STRICT.search(sql)), several)


def _kind(words: list[str]) -> Kind:
    first = words[0] if words else ""
    kind = _BY_FIRST_WORD.get(first, Kind.OTHER)
    if kind is Kind.ROLLBACK and "to" in words[1:4]:
        return Kind.ROLLBACK_TO
    if kind is Kind.SESSION and first == "set" and "transaction" in words[1:3]:
        return Kind.SESSION
    if kind is not Kind.READ:
        return kind
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "for" and following in _LOCK_STRENGTHS:
            kind = Kind.LOCK
        elif word in _WRITING and first == "with":
            return Kind.WRITE
        elif word == "into" and first == "select":
            return Kind.OTHER
    return kind
