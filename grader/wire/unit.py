"""One statement on the wire: who sent it, what it says, how it went."""

from __future__ import annotations

import enum
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.wire.sql import Kind, Statement, understand

if TYPE_CHECKING:
    from grader.wire.link import Link


# Marks of transactions and settings of a session: no queries.
BOOKKEEPING = {Kind.SESSION, Kind.BEGIN, Kind.COMMIT, Kind.ROLLBACK, Kind.SAVEPOINT, Kind.RELEASE}


class State(enum.Enum):
    HELD = "held"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True)
class Failure:
    """The error that a statement gets in place of being run."""

    sqlstate: str = "53100"
    message: str = "could not extend file: No space left on device"


@dataclass(eq=False)
class Unit:
    """A statement from its arrival to its end. Written by the wire's thread, read by all.

    `number` counts the statements of a wire in order of arrival; `outcome` is the command tag
    ("UPDATE 1") or the SQLSTATE of the error.
    """

    number: int
    worker: str
    link: Link
    sql: str
    parameters: tuple[str | None, ...]
    state: State = State.HELD
    arrived: float = field(default_factory=time.monotonic)
    started: float | None = None
    ended: float | None = None
    outcome: str = ""
    error: str = ""
    transaction: str = ""  # the session's state after it: I none, T in one, E in a failed one
    failure: Failure | None = None

    @property
    def statement(self) -> Statement:
        return understand(self.sql)

    @property
    def is_query(self) -> bool:
        return self.statement.kind not in BOOKKEEPING

    @property
    def rows(self) -> int:
        """How many rows it gave."""
        found = re.fullmatch(r"(?:SELECT|FETCH) (\d+)", self.outcome)
        return int(found[1]) if found else 0

    @property
    def failed(self) -> bool:
        return bool(self.error)

    @property
    def shown(self) -> str:
        """The SQL with its parameters, on one line, for people."""
        text = " ".join(self.sql.split())
        if self.parameters:
            values = ", ".join("NULL" if p is None else p for p in self.parameters)
            text = f"{text}  -- {values}"
        return text
