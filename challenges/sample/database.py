"""Where the rows go: PostgreSQL, by COPY, or SQLite. The tables are the app's; nothing of it is imported."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, LiteralString, Protocol

import psycopg

from challenges.errors import InputError
from challenges.sample.rows import COLUMNS, Row

BATCH = 20_000  # rows
MIGRATE = "run python manage.py migrate first"


class Database(Protocol):
    """What both have. All of it happens in one transaction: all rows or none."""

    def one(self, query: LiteralString, *parameters: object) -> Any:
        """The first value of a query, or None; a parameter is a `?`."""

    def insert(self, table: str, rows: Iterable[Row]) -> Iterator[int]:
        """Insert rows; after each batch, how many it was."""

    def finish(self, tables: Iterable[str]) -> None:
        """Let the tables count their ids on from here."""


class Postgres:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        # The rows refer to one another by how they are made; to look up each of three million references
        # takes most of the time. Who may not skip that waits for it.
        with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("SET session_replication_role = replica")

    def one(self, query: LiteralString, *parameters: object) -> Any:
        asked = query.replace("?", "%s")
        row = self._connection.execute(asked, parameters).fetchone()
        return row[0] if row else None

    def insert(self, table: str, rows: Iterable[Row]) -> Iterator[int]:
        statement = f"COPY {table} ({COLUMNS[table]}) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for batch in batches(rows):
                copy.write("".join(["\t".join(map(field, row)) + "\n" for row in batch]))
                yield len(batch)

    def finish(self, tables: Iterable[str]) -> None:
        for table in tables:
            query = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            self._connection.execute(query)
        self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            self._connection.execute(f"ANALYZE {table}")


def field(value: object) -> str:
    """A value as COPY reads it; none of them holds a tab or a backslash."""
    return r"\N" if value is None else str(value)


class SQLite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def one(self, query: LiteralString, *parameters: object) -> Any:
        row = self._connection.execute(query, parameters).fetchone()
        return row[0] if row else None

    def insert(self, table: str, rows: Iterable[Row]) -> Iterator[int]:
        columns = COLUMNS[table]
        marks = ", ".join("?" * len(columns.split(",")))
        for batch in batches(rows):
            self._connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", batch)
            yield len(batch)

    def finish(self, tables: Iterable[str]) -> None:
        """SQLite counts on by itself."""


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while batch := list(itertools.islice(waiting, BATCH)):
        yield batch


@contextmanager
def opened(url: str | None, file: Path) -> Iterator[Database]:
    """The database of a URL, or the SQLite file where there is none. Raises InputError with one line."""
    if url is None or url.startswith("sqlite"):
        with _sqlite(file if url is None else Path(url.removeprefix("sqlite:///"))) as database:
            yield database
        return
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            yield Postgres(connection)
    except psycopg.errors.UndefinedTable as error:
        raise InputError(f"The tables are not there: {MIGRATE}.") from error
    except psycopg.OperationalError as error:
        raise InputError(f"The server of DATABASE_URL can't be reached: {first_line(error)}") from error
    except psycopg.Error as error:
        raise InputError(
            f"The rows do not fit the tables, nothing was written: {first_line(error)}"
        ) from error


@contextmanager
def _sqlite(file: Path) -> Iterator[Database]:
    if not file.exists():
        raise InputError(f"There is no {file}: {MIGRATE}.")
    connection = sqlite3.connect(file)
    try:
        with connection:
            yield SQLite(connection)
    except sqlite3.Error as error:
        what = MIGRATE if "no such table" in str(error) else "nothing was written"
        raise InputError(f"{file}: {error}: {what}.") from error
    finally:
        connection.close()


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
