"""Tells a worker that waits for something outside the database from one that is slow.

A slow one runs or is ready to run, however busy the machine is; one that waits for a lock, a file or
a timer sleeps, and is not woken between two looks.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

QUIET = 0.03  # seconds without a wake-up after which a sleeper is taken to wait
PATIENCE = 1.0  # where the system does not tell (not Linux): seconds


class Watcher:
    """Watches the processes below one process."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._since = time.monotonic()
        self._seen: tuple[str, ...] | None = None

    def sleeps(self) -> bool:
        """Whether every thread sleeps and none has woken for a while."""
        now = time.monotonic()
        if sys.platform != "linux":
            return now - self._since > PATIENCE
        seen = tuple(self._threads(self._pid))
        if seen != self._seen or any(state.startswith(("R", "D")) for state in seen):
            self._seen, self._since = seen, now
            return False
        return now - self._since > QUIET

    def _threads(self, pid: int) -> list[str]:
        found: list[str] = []
        try:
            for task in sorted(Path(f"/proc/{pid}/task").iterdir()):
                fields = dict(
                    line.split(":", 1) for line in (task / "status").read_text().splitlines() if ":" in line
                )
                switches = fields["voluntary_ctxt_switches"] + fields["nonvoluntary_ctxt_switches"]
                found.append(f"{fields['State'].strip()} {task.name} {switches}")
                for child in (task / "children").read_text().split():
                    found += self._threads(int(child))
        except (OSError, KeyError):
            pass
        return found
