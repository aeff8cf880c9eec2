"""The trusted process's own look into a submission's database: it reads rows, prepares and clears them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from grader.database.tenant import SETTINGS_ARE_GRANTED, Row, Tenant

# Each table counts its ids from a place of its own, so that a fix that mixes up two kinds of id
# (a task's for a loan's) meets none that happens to fit.
FIRST_ID = 1_000
ID_STRIDE = 10_007

ROOTS = ("loans_customer", "loans_loan", "loans_taskexecution", "auth_user")
SMALL = 10 * 8192  # bytes: ten pages
MOST_KEPT = 1_000  # rows of a table


class Inspector:
    """Reads and prepares a tenant's rows from the trusted process."""

    def __init__(self, tenant: Tenant) -> None:
        self._connection = tenant.connect()
        self._role = tenant.role
        self.log = Path(tenant.server.host) / "log"  # an embedded server's; a named one has none there
        self._past_keys = _may_delete_past_keys(self._connection)
        self.disturbed = 0  # how often sessions of the submission had to be ended, to get past their locks
        self._hanging: list[str] | None = None  # the tables to clear
        self._kept: dict[str, list[str]] = {}  # what the submission's migrations have put into them

    def close(self) -> None:
        self._connection.close()

    def rows(self, query: LiteralString, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of a query, as dicts."""
        return self._run(query, parameters).fetchall()

    def execute(self, query: LiteralString | sql.Composed, parameters: Sequence[Any] | None = None) -> None:
        """Run one statement for its effect."""
        self._run(query, parameters)

    def _run(
        self, query: LiteralString | sql.Composed, parameters: Sequence[Any] | None = None
    ) -> psycopg.Cursor[Row]:
        """Run a statement; where a lock of the submission is in the way for long, its sessions are ended."""
        try:
            return self._connection.execute(query, parameters)
        except psycopg.errors.LockNotAvailable:
            self._connection.rollback()
            self.disturbed += 1
            self._connection.execute("SET lock_timeout = '1s'")
            self.end_sessions()
            return self._connection.execute(query, parameters)

    def end_sessions(self, *, but: Sequence[int] = (), only_busy: bool = False) -> None:
        """End the submission's sessions: all `but` some backends, or only those at a statement."""
        self._connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = %s AND pid <> ALL(%s) AND (state = 'active' OR NOT %s)",
            [self._role, list(but), only_busy],
        )

    def blockers(self, pid: int) -> list[int]:
        """The backends that `pid` waits for right now; empty where it does not wait."""
        row = self._connection.execute("SELECT pg_blocking_pids(%s) AS pids", [pid]).fetchone()
        return list(row["pids"]) if row else []

    def locks_kept(self) -> set[tuple[Any, ...]]:
        """The advisory locks that the submission's sessions hold while they are at no statement."""
        rows = self.rows(
            "SELECT pid, classid, objid, objsubid FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE usename = %s AND state <> 'active' AND locktype = 'advisory' AND granted",
            [self._role],
        )
        return {tuple(row.values()) for row in rows}

    def spread_ids(self) -> None:
        """Let every table count its ids from a place of its own."""
        sequences = self.rows(
            "SELECT schemaname AS schema, sequencename AS name FROM pg_sequences"
            " WHERE schemaname = 'public' ORDER BY sequencename"
        )
        for place, found in enumerate(sequences, start=1):
            name = f'"{found["schema"]}"."{found["name"]}"'
            self.execute(
                "SELECT setval(%s::regclass, GREATEST(%s, nextval(%s::regclass)))",
                [name, FIRST_ID + place * ID_STRIDE, name],
            )

    def clear(self) -> None:
        """Remove every customer, loan and task, and what hangs on them; ids are not used again.

        Rows of a small table are deleted, which takes a tenth of what TRUNCATE takes. A table that has
        grown is truncated: PostgreSQL plans by a table's size on disk, and reads any of up to ten pages
        (and never vacuumed) as if it had ten, so that the plans, and with them what SERIALIZABLE locks,
        do not depend on what ran before.
        """
        names = [sql.Identifier("public", name) for name in self._to_clear()]
        if self._past_keys and (self._kept or self._largest(self._to_clear()) <= SMALL):
            deletes = sql.SQL("; ").join(self._delete(name) for name in self._to_clear())
            self.execute(
                sql.SQL("BEGIN; SET LOCAL session_replication_role = replica; {deletes}; COMMIT").format(
                    deletes=deletes
                )
            )
        else:
            self.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(names)))

    def keep(self) -> None:
        """Let what is there now stay when the tables are cleared: settings, a user who signs for all."""
        for name in self._to_clear():
            query = sql.SQL("SELECT {key} AS key FROM {table} t LIMIT {most}").format(
                key=self._key(name), table=sql.Identifier("public", name), most=sql.Literal(MOST_KEPT)
            )
            if rows := self._run(query).fetchall():
                self._kept[name] = [row["key"] for row in rows]

    def _key(self, table: str) -> sql.Composable:
        """What tells the rows of a table apart, as text: the primary key, or all of it."""
        found = self.rows(
            "SELECT attname AS name FROM pg_index"
            " JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)"
            " WHERE indisprimary AND indrelid = to_regclass(quote_ident('public') || '.' || quote_ident(%s))",
            [table],
        )
        names = [sql.SQL("t.{}::text").format(sql.Identifier(row["name"])) for row in found]
        return sql.SQL(" || '/' || ").join(names) if names else sql.SQL("t::text")

    def _delete(self, name: str) -> sql.Composed:
        statement = sql.SQL("DELETE FROM {} t").format(sql.Identifier("public", name))
        if kept := self._kept.get(name):
            keys = sql.SQL(", ").join(map(sql.Literal, kept))
            statement += sql.SQL(" WHERE {} NOT IN ({})").format(self._key(name), keys)
        return statement

    def _to_clear(self) -> list[str]:
        if self._hanging is None:
            self._hanging = self._tables_that_hang_on(ROOTS)
        return self._hanging

    def _tables_that_hang_on(self, roots: Sequence[str]) -> list[str]:
        """The tables named, and all that refer to them, directly or through others."""
        rows = self.rows(
            "WITH RECURSIVE hanging(id) AS ("
            " SELECT c.oid FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)"
            " UNION SELECT conrelid FROM pg_constraint JOIN hanging ON confrelid = id WHERE contype = 'f')"
            " SELECT relname AS name FROM hanging JOIN pg_class c ON c.oid = id"
            " WHERE relkind IN ('r', 'p') ORDER BY relname",
            [list(roots)],
        )
        return [row["name"] for row in rows]

    def _largest(self, tables: Sequence[str]) -> int:
        """Bytes of the largest of some tables."""
        query = "SELECT max(pg_relation_size(c.oid)) AS size FROM pg_class c WHERE relname = ANY(%s)"
        return int(self.rows(query, [list(tables)])[0]["size"] or 0)


def _may_delete_past_keys(connection: psycopg.Connection[Any]) -> bool:
    if connection.info.server_version < SETTINGS_ARE_GRANTED:
        return False
    row = (
        connection.cursor(row_factory=tuple_row)
        .execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        .fetchone()
    )
    return bool(row and row[0])
