"""A database and an unprivileged role for one submission."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import dict_row, tuple_row

from grader.database import contrib
from grader.database.server import Server
from grader.errors import DatabaseError

Row = dict[str, Any]

PREFIX = "grader_"
FORGOTTEN = 3600  # seconds after which a tenant that nobody is connected to is taken for left over
CREATION_KEY = 727_002  # an advisory lock in the maintenance database
SETTINGS_ARE_GRANTED = 150_000  # PostgreSQL's version since which who is no superuser may set what is granted

ROLE_LIMITS = {
    "statement_timeout": "20s",
    "idle_in_transaction_session_timeout": "60s",
    "temp_file_limit": None,  # only a superuser may set it; see create()
}


@dataclass(frozen=True)
class Tenant:
    """One submission's database. `server` is the administrator's way in, `role` the submission's.

    The trusted process looks into it as `eye`, who may do there what the submission may, and read past its
    rules, but is no administrator: whatever the submission has made there (a trigger, a cast, a view with a
    function) runs as whoever meets it.
    """

    server: Server
    database: str
    role: str
    password: str = field(repr=False)
    eye: str = ""
    eye_password: str = field(default="", repr=False)

    def connect(self) -> psycopg.Connection[Row]:
        """The trusted process's own connection, which no submission can see or stop."""
        connection = replace(self.server, user=self.eye, password=self.eye_password).connect(self.database)
        connection.row_factory = dict_row  # type: ignore[assignment]
        return connection


def new_name() -> str:
    """A name for a tenant, or what the names of several begin with; it tells when it was made."""
    return f"{PREFIX}{int(time.time()):x}_{secrets.token_hex(4)}"


def sweep(server: Server) -> None:
    """Drop what runs that were killed have left on a named server: old, and with nobody connected."""
    with server.connect() as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            " AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = pg_database.datname)",
            [PREFIX],
        ).fetchall()
    for (left,) in found:
        made = re.match(rf"{PREFIX}([0-9a-f]{{8}})_", left)
        if made and time.time() - int(made[1], 16) > FORGOTTEN:
            drop(server, left)


def drop(server: Server, name: str) -> None:
    """Remove a tenant's database and role, where they are; a named server is then as it was."""
    with server.connect() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        eye = sql.Identifier(eye_of(name))
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [eye_of(name)]).fetchone():
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(eye))
            connection.execute(sql.SQL("DROP OWNED BY {}").format(eye))
        for role in (eye_of(name), role_of(name)):
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def role_of(name: str) -> str:
    """The role of the tenant of this name."""
    return f"{name}_app"


def eye_of(name: str) -> str:
    """The role that the trusted process looks into this tenant's database as."""
    return f"{name}_eye"


def create(server: Server, name: str, *, with_contrib: bool = False) -> Tenant:
    """Make a tenant; `with_contrib`: with the tables of Django's own apps, which an embedded server has.

    Raises DatabaseError with one line (no room, no right).
    """
    passwords = [secrets.token_urlsafe(18) for _ in range(2)]
    tenant = Tenant(server, name, role_of(name), passwords[0], eye_of(name), passwords[1])
    names = {
        "db": sql.Identifier(tenant.database),
        "role": sql.Identifier(tenant.role),
        "template": sql.Identifier(contrib.DATABASE if with_contrib else "template0"),
    }
    try:
        with server.connect() as connection:
            # Two lanes at once would fail to change the same row of a catalogue.
            connection.execute("SELECT pg_advisory_lock(%s)", [CREATION_KEY])
            _create_role(connection, tenant)
            for statement in (
                "GRANT {role} TO CURRENT_USER",
                "CREATE DATABASE {db} OWNER {role} TEMPLATE {template} STRATEGY file_copy",
                "REVOKE ALL ON DATABASE {db} FROM PUBLIC",
            ):
                connection.execute(sql.SQL(statement).format(**names))
            _create_eye(connection, tenant)
        if with_contrib:
            with server.connect(tenant.database) as connection:
                contrib.hand_over(connection, tenant.role)
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
        limits |= {"temp_file_limit": "256MB", "deadlock_timeout": "1ms"}
    for name, value in limits.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(role, sql.Identifier(name), sql.Literal(value))
        )


def _create_eye(connection: psycopg.Connection[Any], tenant: Tenant) -> None:
    """Make the role that looks: as strong as the submission's own and hardly more, and never waiting long."""
    names = {"eye": sql.Identifier(tenant.eye), "role": sql.Identifier(tenant.role)}
    statements: list[LiteralString] = ["GRANT {role} TO {eye}"]
    if _is_superuser(connection):
        statements += ["ALTER ROLE {eye} BYPASSRLS", "GRANT pg_read_all_data TO {eye}"]
        if connection.info.server_version >= SETTINGS_ARE_GRANTED:
            statements.append("GRANT SET ON PARAMETER session_replication_role TO {eye}")
    statements += [
        f"ALTER ROLE {{eye}} SET {name} = '{value}'"
        for name, value in (("lock_timeout", "5s"), ("statement_timeout", "60s"))
    ]
    connection.execute(
        sql.SQL("CREATE ROLE {eye} LOGIN PASSWORD {password}").format(
            **names, password=sql.Literal(tenant.eye_password)
        )
    )
    for statement in statements:
        connection.execute(sql.SQL(statement).format(**names))


def _is_superuser(connection: psycopg.Connection[Any]) -> bool:
    row = (
        connection.cursor(row_factory=tuple_row)
        .execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        .fetchone()
    )
    return bool(row and row[0])


def _line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
