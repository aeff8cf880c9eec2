"""What a statement touches, so that two that touch nothing in common need not be tried in both orders.

Errs on the safe side: a statement that names something unknown touches everything. Under READ COMMITTED
a write shows to others only when it is committed, so an open transaction's write and another's plain
read commute; its COMMIT and that read do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.database.inspector import Inspector
from grader.wire.sql import Kind, Statement
from grader.wire.unit import Unit

ADVISORY = "(advisory locks)"
_NEVER_HELD = {Kind.SESSION, Kind.BEGIN, Kind.SAVEPOINT, Kind.RELEASE}


@dataclass(frozen=True)
class Catalogue:
    """The tenant's tables, what each is tied to by foreign keys, and names with unknown effects."""

    tables: frozenset[str]
    tied: dict[str, frozenset[str]]
    strange: frozenset[str]  # functions and views; tables with triggers of their own
    writers: frozenset[str]  # functions that may write: a SELECT that names one is no mere read

    @classmethod
    def of(cls, inspector: Inspector) -> Catalogue:
        """Read it from the database, after the migrations."""
        tables = {
            row["name"]
            for row in inspector.rows(
                "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                " WHERE nspname = 'public' AND relkind IN ('r', 'p')"
            )
        }
        tied: dict[str, set[str]] = {table: set() for table in tables}
        for row in inspector.rows(
            "SELECT a.relname AS one, b.relname AS other FROM pg_constraint k"
            " JOIN pg_class a ON a.oid = conrelid JOIN pg_class b ON b.oid = confrelid"
            " WHERE contype = 'f'"
        ):
            tied.setdefault(row["one"], set()).add(row["other"])
        strange = {
            row["name"]
            for row in inspector.rows(
                "SELECT proname AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
                " WHERE nspname = 'public' UNION SELECT relname FROM pg_class c"
                " JOIN pg_namespace n ON n.oid = relnamespace"
                " WHERE nspname = 'public' AND relkind IN ('v', 'm', 'f')"
                " UNION SELECT relname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
                " WHERE NOT tgisinternal AND NOT starts_with(tgname, 'grader_')"
            )
        }
        writers = inspector.rows(
            "SELECT proname AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
            " WHERE nspname = 'public' AND provolatile = 'v'"
        )
        return cls(
            frozenset(tables),
            {table: frozenset(others) for table, others in tied.items()},
            frozenset(strange),
            frozenset(row["name"] for row in writers),
        )

    def may_write(self, statement: Statement) -> bool:
        """Whether a statement may change rows, by itself or by a function that it calls."""
        if statement.kind in (Kind.READ, Kind.LOCK):
            return bool(statement.words & self.writers)
        return statement.kind in (Kind.WRITE, Kind.OTHER)


@dataclass(frozen=True)
class Footprint:
    """What a statement reads, writes or locks, and makes visible; `strict` where snapshots last."""

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    publishes: frozenset[str] = frozenset()
    strict: bool = False

    def depends_on(self, other: Footprint) -> bool:
        """Whether the order of the two can make a difference."""
        if self.writes & other.writes:
            return True
        if self.publishes & (other.reads | other.writes):
            return True
        if other.publishes & (self.reads | self.writes):
            return True
        if not (self.strict or other.strict):
            return False
        mine, theirs = self.writes | self.publishes, other.writes | other.publishes
        return bool(mine & (other.reads | theirs) or theirs & self.reads)


@dataclass
class Session:
    """What a link's open transaction has done so far."""

    writes: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    strict: bool = False
    begun: bool = False
    has_snapshot: bool = False


class Footprints:
    """Follows each link's transaction and tells the footprint of its next statement."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._all = catalogue.tables | {ADVISORY}
        self._sessions: dict[object, Session] = {}

    def matters(self, unit: Unit) -> bool:
        """Whether it could make a difference when this statement runs."""
        statement = unit.statement
        if statement.kind is Kind.BEGIN or statement.strict_isolation:
            self._begin(unit)
        if statement.kind in _NEVER_HELD:
            return False
        return statement.kind is not Kind.READ or bool(self._named(unit))

    def _begin(self, unit: Unit) -> None:
        session = self._sessions.setdefault(unit.link, Session())
        if unit.statement.kind is Kind.BEGIN:
            strict_for_session = session.strict and not session.begun
            session.__init__()  # type: ignore[misc]
            session.begun, session.strict = True, strict_for_session
        if unit.statement.strict_isolation:
            session.strict = True

    def of(self, unit: Unit) -> Footprint:
        """The footprint of a statement that is about to run; does not change the transaction."""
        session = self._sessions.get(unit.link, Session())
        kind = unit.statement.kind
        if kind in (Kind.COMMIT, Kind.ROLLBACK, Kind.ROLLBACK_TO):
            held = frozenset(session.writes)
            reads = frozenset(session.reads) if session.strict else frozenset[str]()
            return Footprint(reads=reads, publishes=held, strict=session.strict)
        reads, writes = self._touched(unit)
        if session.strict and not session.has_snapshot:
            reads = frozenset(self._all)
        publishes = writes if unit.link.transaction == "I" else frozenset[str]()
        return Footprint(reads, writes, publishes, session.strict)

    def ran(self, unit: Unit) -> None:
        """Note that a statement was let go."""
        session = self._sessions.setdefault(unit.link, Session())
        kind = unit.statement.kind
        if kind in (Kind.COMMIT, Kind.ROLLBACK):
            self._sessions[unit.link] = Session()
            return
        reads, writes = self._touched(unit)
        session.reads |= reads
        session.writes |= writes
        session.has_snapshot = True

    def _named(self, unit: Unit) -> frozenset[str]:
        words = unit.statement.words
        if words & self._catalogue.strange:
            return frozenset(self._all)
        named = words & self._catalogue.tables
        if any("advisory" in word for word in words):
            named |= {ADVISORY}
        return named

    def _touched(self, unit: Unit) -> tuple[frozenset[str], frozenset[str]]:
        kind = unit.statement.kind
        named = self._named(unit)
        if kind is Kind.OTHER or unit.statement.words & self._catalogue.writers:
            return frozenset(self._all), frozenset(self._all)
        if kind is Kind.READ:
            return named, named & {ADVISORY}
        tied = frozenset(o for table in named for o in self._catalogue.tied.get(table, ()))
        return named, named if kind is Kind.LOCK else named | (tied & self._catalogue.tables)
