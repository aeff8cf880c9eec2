"""Grading on a server that GRADER_DATABASE_URL names: who may, and nothing is left."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from grader.database import embedded, tenant
from grader.database.server import Server
from grader.errors import DatabaseError
from grader.reaper import Reaper
from tests.grader.test_command import CHECKOUT, grade

PASSWORD = "a-password"


@pytest.fixture
def role(server: Server) -> Any:
    """Make a role with some rights; its URL."""
    made: list[str] = []

    def make(rights: str) -> str:
        name = f"somebody_{len(made)}"
        made.append(name)
        with server.connect() as connection:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}").format(
                    sql.Identifier(name),
                    sql.SQL(rights),  # type: ignore[arg-type]
                    sql.Literal(PASSWORD),
                )
            )
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE postgres TO {}").format(sql.Identifier(name))
            )
        return f"postgresql://{name}:{PASSWORD}@/postgres?host={server.host}"

    yield make
    with server.connect() as connection:
        for name in made:
            connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def left_on(server: Server) -> list[str]:
    with server.connect() as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE datname ~ '^grader_[0-9a-f]{8}_'"
            " UNION SELECT rolname FROM pg_roles WHERE rolname ~ '^grader_[0-9a-f]{8}_'"
        ).fetchall()
    return [row[0] for row in rows]


def test_a_role_that_may_make_databases_is_enough(server: Server, role: Any) -> None:
    url = role("NOSUPERUSER CREATEDB CREATEROLE")
    reference = str(CHECKOUT / "solutions" / "reference")
    done = grade(
        "--submission", reference, "--task", "b", "--task", "c", "-q", "--jobs=2", GRADER_DATABASE_URL=url
    )
    assert "B  distinction" in done.stdout, done.stdout
    assert "C  distinction" in done.stdout
    assert done.returncode == 0
    assert not left_on(server)


def test_a_role_without_createdb_gets_one_line_and_exit_code_3(server: Server, role: Any) -> None:
    done = grade("--task", "c", GRADER_DATABASE_URL=role("NOSUPERUSER"))
    assert done.returncode == 3
    said = done.stdout + done.stderr
    assert "needs CREATEDB and CREATEROLE: run ALTER ROLE" in said
    assert "Traceback" not in said


def test_what_killed_runs_left_is_swept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as past:
        past.setattr(time, "time", lambda: 1_700_000_000.0)
        old = tenant.create(server, tenant.new_name()).database
    new = tenant.create(server, tenant.new_name()).database
    tenant.sweep(server)
    assert old not in left_on(server)
    assert new in left_on(server)
    tenant.drop(server, new)


def test_no_room_for_the_server_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = tmp_path / "cp"
    full.write_text("#!/bin/sh\necho \"cp: error writing 'x': No space left on device\" >&2\nexit 1\n")
    full.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    reaper = Reaper()
    with pytest.raises(DatabaseError, match=r"^No room left .*: free 200 MB there, or set TMPDIR\.$"):
        embedded.start(tmp_path, CHECKOUT / ".cache", reaper)
    reaper.close()
