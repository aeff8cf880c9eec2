"""The trusted process looks into a database as no administrator, past its rules, and is not lied to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from grader.database.inspector import Inspector
from grader.database.lies import lies
from grader.database.tenant import Tenant

TABLE = "CREATE TABLE loans_loan (id bigint PRIMARY KEY, amount int); INSERT INTO loans_loan VALUES (1, 5)"


@pytest.fixture
def app(database: Tenant) -> Iterator[psycopg.Connection[Any]]:
    """The submission's own session."""
    with psycopg.connect(
        host=database.server.host,
        port=database.server.port,
        user=database.role,
        password=database.password,
        dbname=database.database,
        autocommit=True,
    ) as connection:
        connection.execute(TABLE)
        yield connection


@pytest.fixture
def inspector(database: Tenant, app: object) -> Iterator[Inspector]:
    made = Inspector(database)
    yield made
    made.close()


def test_the_eye_is_no_administrator(inspector: Inspector) -> None:
    row = inspector.rows(
        "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert row == [{"rolsuper": False, "rolcreaterole": False, "rolcreatedb": False}]
    for statement in ("COPY (SELECT 1) TO PROGRAM 'true'", "ALTER SYSTEM SET work_mem = '1MB'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            inspector.execute(statement)


def test_the_eye_reads_past_row_security(app: psycopg.Connection[Any], inspector: Inspector) -> None:
    app.execute(
        "ALTER TABLE loans_loan ENABLE ROW LEVEL SECURITY; ALTER TABLE loans_loan FORCE ROW LEVEL SECURITY"
    )
    assert inspector.rows("SELECT amount FROM loans_loan") == [{"amount": 5}]
    assert app.execute("SELECT amount FROM loans_loan").fetchall() == []


def test_the_eye_clears_and_makes_what_the_checks_need(inspector: Inspector) -> None:
    inspector.execute("CREATE SCHEMA grader")
    inspector.execute("DROP SCHEMA grader")
    inspector.clear()
    assert inspector.rows("SELECT * FROM loans_loan") == []


def test_a_lock_in_the_way_is_taken_from_its_holder(
    app: psycopg.Connection[Any], inspector: Inspector
) -> None:
    inspector.execute("SET lock_timeout = '100ms'")
    app.execute("BEGIN; LOCK TABLE loans_loan")
    inspector.clear()
    assert inspector.disturbed == 1
    with pytest.raises(psycopg.OperationalError):
        app.execute("SELECT 1")


def test_sessions_at_work_are_ended_and_others_left(
    app: psycopg.Connection[Any], inspector: Inspector
) -> None:
    inspector.end_sessions(only_busy=True)
    assert app.execute("SELECT 1").fetchone() == (1,)
    inspector.end_sessions(but=[app.info.backend_pid])
    assert app.execute("SELECT 1").fetchone() == (1,)
    inspector.end_sessions()
    with pytest.raises(psycopg.OperationalError):
        app.execute("SELECT 1")


@pytest.mark.parametrize(
    ("statements", "says", "interferes"),
    [
        ("SELECT 1", "", False),
        (
            "ALTER TABLE loans_loan RENAME TO truth; CREATE VIEW loans_loan AS SELECT * FROM truth",
            "is no table",
            True,
        ),
        (
            "CREATE FUNCTION told(loans_loan) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;"
            "CREATE CAST (loans_loan AS text) WITH FUNCTION told(loans_loan)",
            "a cast of the app's own",
            True,
        ),
        (
            "CREATE FUNCTION same(loans_loan, int) RETURNS bool LANGUAGE sql AS $$ SELECT true $$;"
            "CREATE OPERATOR === (LEFTARG = loans_loan, RIGHTARG = int, FUNCTION = same)",
            "an operator of the app's own",
            True,
        ),
        ("CREATE EXTENSION citext", "", False),
        (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
            "CREATE TRIGGER t AFTER DELETE ON loans_loan EXECUTE FUNCTION f();"
            "ALTER TABLE loans_loan ENABLE ALWAYS TRIGGER t",
            "the trigger t on loans_loan fires",
            False,
        ),
    ],
)
def test_what_can_lie_is_found(
    app: psycopg.Connection[Any], inspector: Inspector, statements: str, says: str, interferes: bool
) -> None:
    try:
        app.execute(statements)
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this PostgreSQL has no such extension")
    found = lies(inspector)
    assert [says in finding["text"] for finding in found] == ([True] if says else [])
    assert any(finding["interference"] for finding in found) is interferes


def test_what_was_there_is_kept_where_the_tables_are_cleared(inspector: Inspector) -> None:
    inspector.keep()
    inspector.execute("INSERT INTO loans_loan VALUES (2, 7)")
    inspector.execute("UPDATE loans_loan SET amount = 6 WHERE id = 1")  # it is known by its key
    inspector.clear()
    assert inspector.rows("SELECT id, amount FROM loans_loan") == [{"id": 1, "amount": 6}]
