"""Who waits has looked for a deadlock, by the server's own word."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from psycopg import errors

from grader.database.inspector import Inspector
from grader.database.tenant import Tenant
from grader.scheduling.waits import LockWaits


def test_without_a_log_everybody_is_taken_to_have_looked(tmp_path: Path) -> None:
    waits = LockWaits(tmp_path / "log")
    assert waits.has_looked(1, waits.mark())


def test_what_was_said_before_the_mark_is_of_another_wait(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("LOG:  process 12 still waiting for ShareLock on transaction 5 after 1.2 ms\n")
    waits = LockWaits(log)
    assert waits.has_looked(12, 0)
    assert not waits.has_looked(1, 0)
    assert not waits.has_looked(12, waits.mark())


def test_the_victim_is_who_closes_the_circle(connect: Any, database: Tenant) -> None:
    inspector = Inspector(database)
    waits = LockWaits(inspector.log)
    first, second = connect("A"), connect("B")
    for connection, key in ((first, 1), (second, 2)):
        connection.execute(f"SELECT pg_advisory_lock({key})")
    mark = waits.mark()
    waiting = threading.Thread(target=first.execute, args=("SELECT pg_advisory_lock(2)",))
    waiting.start()
    deadline = time.monotonic() + 10
    while not waits.has_looked(first.info.backend_pid, mark) and time.monotonic() < deadline:
        assert waiting.is_alive()
    with pytest.raises(errors.DeadlockDetected):
        second.execute("SELECT pg_advisory_lock(1)")
    second.execute("SELECT pg_advisory_unlock_all()")
    waiting.join()
    inspector.close()
