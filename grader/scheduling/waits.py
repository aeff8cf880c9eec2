"""Whether a backend that waits for a lock has looked for a deadlock already, and found none.

PostgreSQL looks once in a wait, after `deadlock_timeout`. Who looks when the circle is closed is the victim:
the same each time only where all who waited before have looked before. With `log_lock_waits` the server's
log tells: "process 123 still waiting for ShareLock …".
"""

from __future__ import annotations

from pathlib import Path

LONG = 0.5  # seconds of a wait after which no line is waited for: some waits have none


class LockWaits:
    """Reads a server's log; without one (a named server's) everybody is taken to have looked."""

    def __init__(self, log: Path) -> None:
        self._log = log if log.is_file() else None

    def mark(self) -> int:
        """A place in the log; what `has_looked` is to find comes after it."""
        return self._log.stat().st_size if self._log else 0

    def has_looked(self, backend: int, since: int) -> bool:
        if self._log is None:
            return True
        with self._log.open("rb") as log:
            log.seek(since)
            return b"process %d still waiting" % backend in log.read()
