"""A server that is used again is as it was at first, or is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from grader.cohort.slot import MOST_USES, Slot
from grader.database import contrib, tenant
from grader.database.server import Server


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[Slot]:
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o755)
    made = Slot(0, tmp_path / "slot")
    yield made
    made.close()


def started(slot: Slot) -> Server:
    server = slot.server()
    assert server is not None
    return server.server


def owner_of(server: Server, database: str) -> str:
    query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s"
    with server.connect() as connection:
        row = connection.execute(query, [database]).fetchone()
    assert row is not None
    return str(row[0])


def test_tenants_are_dropped_and_the_server_is_kept(slot: Slot) -> None:
    server = started(slot)
    made = tenant.create(server, f"{tenant.new_name()}_0", with_contrib=True)
    assert owner_of(server, contrib.DATABASE) == server.user  # which two tenants made at once would both get
    assert owner_of(server, made.database) == made.role
    slot.scratch.mkdir()
    slot.clear(clean=True)
    assert not slot.scratch.exists()
    assert started(slot) == server
    with server.connect() as connection:
        names = [row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()]
        roles = [row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()]
    assert made.database not in names and contrib.DATABASE in names
    assert made.role not in roles


def test_another_server_comes_after_a_bad_end_or_what_is_left_behind(slot: Slot) -> None:
    first = started(slot)
    slot.clear(clean=False)
    second = started(slot)
    assert second != first
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=first.host, user=first.user, password=first.password, dbname="postgres")
    with second.connect() as connection:
        connection.execute("ALTER DATABASE grader_contrib SET search_path = nowhere")
    slot.clear(clean=True)
    third = started(slot)
    assert third != second
    with third.connect() as connection:
        connection.execute("DROP DATABASE grader_contrib")
    slot.clear(clean=True)
    assert started(slot) != third


def test_a_server_is_not_used_for_ever(slot: Slot) -> None:
    first = started(slot)
    slot.uses = MOST_USES
    slot.clear(clean=True)
    assert started(slot) != first


def test_a_named_server_is_graded_on_as_it_is(tmp_path: Path) -> None:
    slot = Slot(0, tmp_path / "slot", named=True)
    assert slot.server() is None
    slot.clear(clean=True)
    slot.close()
