"""The wire against a real server: every statement seen, held, failed, and nothing of the protocol broken."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from grader.database.inspector import Inspector
from grader.database.tenant import Tenant
from grader.wire import protocol
from grader.wire.proxy import Wire
from grader.wire.unit import Failure, State


@pytest.fixture
def thing(connect: Any) -> Any:
    connection = connect()
    connection.execute("CREATE TABLE thing (id int PRIMARY KEY, name text)")
    return connection


def test_a_statement_is_known_by_its_sender_text_and_parameters(wire: Wire, connect: Any) -> None:
    mark = wire.mark()
    assert connect("A").execute("SELECT %s::int + 1", [41]).fetchone() == (42,)
    connect("B").execute("SELECT 'b'")
    a, b = (wire.since(mark, name)[-1] for name in "AB")
    assert (a.sql, a.parameters, a.outcome) == ("SELECT $1::int + 1", ("41",), "SELECT 1")
    assert (b.sql, b.state, b.error) == ("SELECT 'b'", State.DONE, "")


def test_only_the_tenants_role_and_database_are_reached(connect: Any, database: Any) -> None:
    row = connect().execute("SELECT current_user, current_database()").fetchone()
    assert row == (database.role, database.database)


def test_the_role_reaches_no_other_database(connect: Any, database: Any) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        connect().execute("CREATE DATABASE more")
    with pytest.raises(errors.InsufficientPrivilege):
        connect().execute("ALTER SYSTEM SET fsync = on")
    with pytest.raises(errors.InsufficientPrivilege):
        connect().execute("COPY (SELECT 1) TO PROGRAM 'true'")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(
            host=database.server.host,
            user=database.role,
            password=database.password,
            dbname="postgres",
        )


def test_the_servers_own_socket_asks_for_a_password(database: Any) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=database.server.host, user=database.server.user, dbname="postgres")


def test_an_error_is_passed_on_and_recorded(wire: Wire, connect: Any) -> None:
    with pytest.raises(errors.DivisionByZero):
        connect().execute("SELECT 1 / 0")
    assert wire.units[-1].outcome == "22012"


def test_copy_in_and_out(thing: Any) -> None:
    with thing.cursor().copy("COPY thing FROM STDIN") as copy:
        for number in range(5000):
            copy.write_row((number, "x" * 50))
    with thing.cursor().copy("COPY thing TO STDOUT") as copy:
        assert sum(1 for _ in copy) == 5000
    assert thing.execute("SELECT count(*) FROM thing").fetchone() == (5000,)


def test_large_results_come_through_whole(connect: Any) -> None:
    rows = connect().execute("SELECT repeat('x', 1000) FROM generate_series(1, 30000)").fetchall()
    assert len(rows) == 30000


def test_a_pipeline_is_seen_statement_by_statement(wire: Wire, thing: Any) -> None:
    mark = wire.mark()
    with thing.pipeline():
        for number in range(3):
            thing.execute("INSERT INTO thing VALUES (%s, 'p')", [number])
    assert [u.outcome for u in wire.since(mark) if u.sql.startswith("INSERT")] == ["INSERT 0 1"] * 3
    assert thing.execute("SELECT count(*) FROM thing").fetchone() == (3,)


def test_an_error_in_a_pipeline_undoes_it(thing: Any) -> None:
    with pytest.raises(errors.UniqueViolation), thing.pipeline():
        for _ in range(2):
            thing.execute("INSERT INTO thing VALUES (1, 'p')")
    assert thing.execute("SELECT count(*) FROM thing").fetchone() == (0,)


def test_prepared_statements_are_known_by_their_text(wire: Wire, connect: Any) -> None:
    connection = connect()
    for number in range(3):
        connection.execute("SELECT %s::int", [number], prepare=True)
    assert [u.sql for u in wire.units[-3:]] == ["SELECT $1::int"] * 3


def test_a_query_can_be_cancelled(connect: Any) -> None:
    connection = connect()
    timer = threading.Timer(0.2, connection.cancel_safe)
    timer.start()
    with pytest.raises(errors.QueryCanceled):
        connection.execute("SELECT pg_sleep(20)")


def wait_for_held(wire: Wire) -> Any:
    with wire.changed:
        assert wire.changed.wait_for(lambda: any(u.state is State.HELD for u in wire.units), 5)
    return next(u for u in wire.units if u.state is State.HELD)


def test_a_statement_is_held_until_it_is_let_go(wire: Wire, thing: Any, connect: Any) -> None:
    wire.gate = lambda unit: "INSERT" not in unit.sql
    thread = threading.Thread(target=thing.execute, args=("INSERT INTO thing VALUES (1, 'held')",))
    thread.start()
    held = wait_for_held(wire)
    assert connect("B").execute("SELECT count(*) FROM thing").fetchone() == (0,)
    wire.release(held)
    thread.join(5)
    assert connect("B").execute("SELECT count(*) FROM thing").fetchone() == (1,)


@pytest.mark.parametrize("parameters", [None, [1]])
def test_a_statement_can_be_made_to_fail(wire: Wire, thing: Any, parameters: Any) -> None:
    def gate(unit: Any) -> bool:
        if "INSERT" in unit.sql:
            unit.failure = Failure()
        return True

    wire.gate = gate
    value = "%s" if parameters else "1"
    with pytest.raises(errors.DiskFull):
        thing.execute(f"INSERT INTO thing VALUES ({value}, 'x')", parameters)
    wire.gate = lambda unit: True
    assert thing.execute("SELECT count(*) FROM thing").fetchone() == (0,)


def test_a_cut_connection_loses_what_was_not_committed(wire: Wire, thing: Any, connect: Any) -> None:
    connection = connect("B")
    connection.execute("BEGIN")
    connection.execute("INSERT INTO thing VALUES (1, 'lost')")

    def gate(unit: Any) -> bool:
        wire.cut(unit)
        return False

    wire.gate = gate
    with pytest.raises(psycopg.OperationalError):
        connection.execute("COMMIT")
    wire.gate = lambda unit: True
    assert thing.execute("SELECT count(*) FROM thing").fetchone() == (0,)


def test_a_pooled_connection_remembers_nothing(connect: Any) -> None:
    first = connect()
    first.execute("SELECT pg_advisory_lock(7)")
    first.execute("SET statement_timeout = 77")
    first.execute("BEGIN")
    first.close()
    second = connect("B")
    assert second.execute("SELECT pg_try_advisory_lock(7)").fetchone() == (True,)
    assert second.execute("SHOW statement_timeout").fetchone() != ("77ms",)


def test_the_sudden_death_of_the_server_end_reaches_the_worker(connect: Any, database: Any) -> None:
    connection = connect()
    pid = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
    with database.server.connect() as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(psycopg.OperationalError):
        for _ in range(100):
            connection.execute("SELECT 1")
            time.sleep(0.02)


def test_nonsense_is_answered_and_closed(wire: Wire, tmp_path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(tmp_path / "A" / ".s.PGSQL.5432"))
        raw.sendall(b"GET / HTTP/1.1\r\n\r\n")
        raw.settimeout(5)
        assert raw.recv(1000)[:1] == b"E"


def test_what_was_sent_is_known_once_the_wire_has_caught_up(wire: Wire, connect: Any) -> None:
    connection = connect()
    for number in range(50):
        text = f"SELECT {number}"
        os.write(connection.fileno(), protocol.query(text))
        wire.catch_up()
        assert wire.units[-1].sql == text
        while wire.units[-1].state is not State.DONE:
            wire.catch_up()


def test_a_connection_opens_until_the_server_has_greeted_it(tmp_path: Path) -> None:
    nowhere = Wire()  # not told yet where the server is
    nowhere.listen("A", tmp_path / "socket")
    assert not nowhere.is_opening("A")
    with socket.socket(socket.AF_UNIX) as worker:
        worker.connect(str(tmp_path / "socket"))
        worker.sendall(struct.pack("!II", 8, protocol.PROTOCOL_3))
        for _ in range(2):  # it is taken in, then heard
            nowhere.catch_up()
        assert nowhere.is_opening("A")
        assert not nowhere.is_opening("B")
    nowhere.close()


def test_a_connection_that_is_greeted_is_open(wire: Wire, connect: Any) -> None:
    connect()
    assert not wire.is_opening("A")


def test_a_session_that_keeps_a_lock_between_statements_is_told(
    wire: Wire, connect: Any, database: Tenant
) -> None:
    inspector = Inspector(database)
    connection = connect()
    connection.execute("SELECT pg_advisory_xact_lock(1)")
    wire.settle()
    assert not inspector.locks_kept()
    connection.execute("SELECT pg_advisory_lock(2)")
    assert [lock[2] for lock in inspector.locks_kept()] == [2]
    connection.close()
    wire.settle()
    assert not inspector.locks_kept()
    inspector.close()
