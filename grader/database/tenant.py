"""A database and an unprivileged role for one submission, and the trusted process's own look into it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from grader.database.server import Server
from grader.errors import DatabaseError

Row = dict[str, Any]

# Each table counts its ids from a place of its own, so that a fix that mixes up two kinds of id
# (a task's for a loan's) meets none that happens to fit.
FIRST_ID = 1_000
ID_STRIDE = 10_007

ROLE_LIMITS = {
    "statement_timeout": "20s",
    "idle_in_transaction_session_timeout": "60s",
    "temp_file_limit": None,  # only a superuser may set it; see create()
}


@dataclass(frozen=True)
class Tenant:
    """One submission's database. `server` is the administrator's way in, `role` the submission's."""

    server: Server
    database: str
    role: str
    password: str = field(repr=False)

    def connect(self) -> psycopg.Connection[Row]:
        """The trusted process's own connection, which no submission can see or stop."""
        connection = self.server.connect(self.database)
        connection.row_factory = dict_row  # type: ignore[assignment]
        return connection

    def drop(self) -> None:
        """Remove the database and the role; on a named server this leaves it as it was."""
        with self.server.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.database))
            )
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(self.role)))


def create(server: Server) -> Tenant:
    """Make a tenant. Raises DatabaseError with one line (no room, no right)."""
    name = f"grader_{secrets.token_hex(6)}"
    tenant = Tenant(server, name, f"{name}_app", secrets.token_urlsafe(18))
    try:
        with server.connect() as connection:
            _create_role(connection, tenant)
            run = connection.execute
            names = {"db": sql.Identifier(tenant.database), "role": sql.Identifier(tenant.role)}
            run(sql.SQL("GRANT {role} TO CURRENT_USER").format(**names))
            run(
                sql.SQL("CREATE DATABASE {db} OWNER {role} TEMPLATE template0 STRATEGY file_copy").format(
                    **names
                )
            )
            run(sql.SQL("REVOKE ALL ON DATABASE {db} FROM PUBLIC").format(**names))
            if _is_superuser(connection):
                for other in ("postgres", "template1"):
                    run(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(other)))
    except psycopg.Error as error:
        raise DatabaseError(f"No database could be made to grade in: {_line(error)}") from error
    return tenant


def _create_role(connection: psycopg.Connection[Any], tenant: Tenant) -> None:
    role = sql.Identifier(tenant.role)
    connection.execute(
        sql.SQL(
            "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
            " CONNECTION LIMIT 40 PASSWORD {}"
        ).format(role, sql.Literal(tenant.password))
    )
    limits: dict[str, str] = {k: v for k, v in ROLE_LIMITS.items() if v is not None}
    if _is_superuser(connection):
        limits |= {"temp_file_limit": "256MB", "deadlock_timeout": "20ms"}
    for name, value in limits.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(role, sql.Identifier(name), sql.Literal(value))
        )


def _is_superuser(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def _line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class Inspector:
    """Reads and prepares a tenant's rows from the trusted process."""

    def __init__(self, tenant: Tenant) -> None:
        self._connection = tenant.connect()

    def close(self) -> None:
        self._connection.close()

    def rows(self, query: LiteralString, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of a query, as dicts."""
        return self._connection.execute(query, parameters).fetchall()

    def execute(self, query: LiteralString | sql.Composed, parameters: Sequence[Any] = ()) -> None:
        """Run one statement for its effect."""
        self._connection.execute(query, parameters)

    def blockers(self, pid: int) -> list[int]:
        """The backends that `pid` waits for right now; empty where it does not wait."""
        row = self._connection.execute("SELECT pg_blocking_pids(%s) AS pids", [pid]).fetchone()
        return list(row["pids"]) if row else []

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
        """Remove every customer, loan and task, and what hangs on them; ids are not used again."""
        self.execute("TRUNCATE loans_customer, loans_loan, loans_taskexecution, auth_user CASCADE")
