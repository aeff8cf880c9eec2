"""What the wire costs an app: statements straight to PostgreSQL against the same through the wire.

    python -m tests.benchmarks.wire [STATEMENTS]

The aim is 0.3 ms a statement at most. Client, wire and server take turns, so that the figures include the
switches between processes; the best of five rounds is given.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from grader.database import embedded, tenant
from grader.reaper import Reaper
from grader.rig import CACHE
from grader.wire.proxy import Wire
from grader.wire.upstream import Upstream

AIM = 0.3  # ms a statement
ROUNDS = 5


def simple(connection: psycopg.Connection[Any]) -> None:
    """A simple query, as psycopg's client-side cursors send it (Django's default)."""
    psycopg.ClientCursor(connection).execute("SELECT id, name FROM thing WHERE id = %s", [7]).fetchall()


def extended(connection: psycopg.Connection[Any]) -> None:
    """Parse, Bind, Execute and Sync."""
    connection.execute("SELECT id, name FROM thing WHERE id = %s", [7], prepare=False).fetchall()


def prepared(connection: psycopg.Connection[Any]) -> None:
    """A prepared statement."""
    connection.execute("SELECT id, name FROM thing WHERE id = %s", [7], prepare=True).fetchall()


def large(connection: psycopg.Connection[Any]) -> None:
    """A result of a thousand rows."""
    connection.execute("SELECT id, name FROM thing").fetchall()


def milliseconds(run: Callable[[psycopg.Connection[Any]], None], connection: Any, count: int) -> float:
    """The time of one statement, in ms: the best of some rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(count):
            run(connection)
        rounds.append((time.perf_counter() - start) / count * 1000)
    return min(rounds)


def main(count: int) -> None:
    root = Path(tempfile.mkdtemp(prefix="grader-"))
    root.chmod(0o711)
    reaper = Reaper()
    reaper.folder(root)
    starting = embedded.start(root, CACHE, reaper)
    starting.wait()
    made = tenant.create(starting.server, "bench")
    wire = Wire()
    try:
        wire.listen("A", root / ".s.PGSQL.5432")
        server = made.server
        wire.connect_to(Upstream(server.host, server.port, made.role, made.password, made.database))
        direct = psycopg.connect(
            host=server.host, user=made.role, password=made.password, dbname=made.database, autocommit=True
        )
        through = psycopg.connect(host=str(root), user="x", dbname="x", autocommit=True)
        direct.execute(
            "CREATE TABLE thing AS SELECT i AS id, 'x' || i AS name FROM generate_series(1, 1000) i"
        )
        print(f"{'':10}  {'direct':>8}  {'wire':>8}  {'ratio':>6}  cost of the wire, ms a statement")
        for run in (simple, extended, prepared, large):
            a, b = milliseconds(run, direct, count), milliseconds(run, through, count)
            mark = "" if b - a <= AIM else f"  above the aim of {AIM}"
            print(f"{run.__name__:10}  {a:8.3f}  {b:8.3f}  {b / a:5.1f}×  {b - a:.3f}{mark}")
        direct.close()
        through.close()
    finally:
        wire.close()
        reaper.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
