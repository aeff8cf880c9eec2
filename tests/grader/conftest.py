"""A running server and wire for the tests of the machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from grader.database import embedded, tenant
from grader.reaper import Reaper
from grader.rig import CACHE
from grader.wire.proxy import Wire
from grader.wire.upstream import Upstream


@pytest.fixture(scope="session")
def server() -> Iterator[Any]:
    """An embedded PostgreSQL for the whole session."""
    root = Path(tempfile.mkdtemp(prefix="grader-"))
    root.chmod(0o711)
    reaper = Reaper()
    reaper.folder(root)
    starting = embedded.start(root, CACHE, reaper)
    starting.wait()
    yield starting.server
    reaper.close()


@pytest.fixture
def database(server: Any) -> Iterator[tenant.Tenant]:
    """A tenant with one table, `thing`."""
    made = tenant.create(server, tenant.new_name())
    yield made
    tenant.drop(server, made.database)


@pytest.fixture
def wire(database: tenant.Tenant, tmp_path: Path) -> Iterator[Wire]:
    """A wire to the tenant, for workers A and B."""
    made = Wire()
    for name in "AB":
        (tmp_path / name).mkdir()
        made.listen(name, tmp_path / name / ".s.PGSQL.5432")
    up = database.server
    made.connect_to(Upstream(up.host, up.port, database.role, database.password, database.database))
    yield made
    made.close()


@pytest.fixture
def connect(wire: Wire, tmp_path: Path) -> Iterator[Any]:
    """Connect as a worker, through the wire."""
    opened: list[psycopg.Connection[Any]] = []

    def connect(worker: str = "A", **options: Any) -> psycopg.Connection[Any]:
        opened.append(
            psycopg.connect(
                host=str(tmp_path / worker), user="x", dbname="y", password="z", autocommit=True, **options
            )
        )
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()
