"""Where PostgreSQL is and how the trusted process gets in; the same for an embedded and a named server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg

from grader.errors import DatabaseError

URL_VARIABLE = "GRADER_DATABASE_URL"


@dataclass(frozen=True)
class Server:
    """An address and an administrator's login. `host` is a folder (unix socket) or a host name."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    maintenance_database: str = "postgres"

    def connect(self, database: str | None = None) -> psycopg.Connection[Any]:
        """A connection as the administrator, in autocommit. Raises DatabaseError."""
        try:
            return psycopg.connect(
                host=self.host,
                port=self.port,
                user=self.user,
                password=self.password,
                dbname=database or self.maintenance_database,
                autocommit=True,
                connect_timeout=5,
            )
        except psycopg.OperationalError as error:
            lines = str(error).strip().splitlines()
            reason = next((line for line in lines if "FATAL" in line), lines[-1])
            raise DatabaseError(f"PostgreSQL can't be reached: {reason}") from error

    def wait_until_up(self, patience: float, alive: Callable[[], bool] = lambda: True) -> None:
        """Wait until it takes connections, or is not `alive` any more. Raises DatabaseError.

        `patience`: seconds.
        """
        deadline = time.monotonic() + patience
        while alive():
            try:
                self.connect().close()
                return
            except DatabaseError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.004)


def named_server(url: str | None = None) -> Server | None:
    """The server that GRADER_DATABASE_URL names, or None where it names none. Raises DatabaseError.

    The form is libpq's: postgresql://user:password@host:5432/database, or ?host=/socket/folder.
    """
    url = os.environ.get(URL_VARIABLE) if url is None else url
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError as error:
        raise DatabaseError(f"{URL_VARIABLE} is no database URL: {error}") from error
    if parts.scheme not in ("postgres", "postgresql"):
        raise DatabaseError(f"{URL_VARIABLE} must start with postgresql://, not {parts.scheme!r}.")
    hosts = parse_qs(parts.query).get("host")
    server = Server(
        host=hosts[0] if hosts else unquote(parts.hostname or "localhost"),
        port=port,
        user=unquote(parts.username or "postgres"),
        password=unquote(parts.password or ""),
        maintenance_database=parts.path.lstrip("/") or "postgres",
    )
    _require_rights(server)
    return server


def _require_rights(server: Server) -> None:
    with server.connect() as connection:
        row = connection.execute(
            "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    if not (row and row[0]):
        raise DatabaseError(
            f"The role {server.user!r} of {URL_VARIABLE} needs CREATEDB and CREATEROLE: "
            f'run ALTER ROLE "{server.user}" CREATEDB CREATEROLE as an administrator.'
        )
