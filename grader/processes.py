"""Which processes there are, and their end. Linux's /proc; elsewhere nothing is found.

Standard library only: the reaper, which starts in 10 ms, uses it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

COUNTLESS = 1_000_000
PATIENCE = 2.0  # seconds in which new children may still turn up


def children(pid: int) -> list[int]:
    """The children of all threads of a process."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return found


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    for child in children(pid):
        yield from family(child)


def everyone() -> Iterator[int]:
    with contextlib.suppress(OSError):
        yield from (int(name) for name in os.listdir("/proc") if name.isdigit())


def of_user(uid: int) -> list[int]:
    """The processes of a user."""
    found = []
    for pid in everyone():
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{pid}").st_uid == uid:
                found.append(pid)
    return found


def threads_of_user(uid: int) -> int:
    """How many threads a user has, as the kernel counts them; a great many where that can't be told."""
    found = of_user(uid)
    count = 0
    for pid in found:
        with contextlib.suppress(OSError):
            count += len(os.listdir(f"/proc/{pid}/task"))
    return count or COUNTLESS


def told(text: str) -> list[int]:
    """The processes whose environment, as it was given to them, has a text in it."""
    found, wanted = [], text.encode()
    for pid in everyone():
        with contextlib.suppress(OSError):
            if wanted in Path(f"/proc/{pid}/environ").read_bytes():
                found.append(pid)
    return found


def end(pids: Iterable[int]) -> None:
    """Kill processes."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def end_all(find: Callable[[], Iterable[int]]) -> None:
    """Kill what is found until nothing is, since what is being killed may have children meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while (found := [pid for pid in find() if pid != os.getpid() and not is_zombie(pid)]) and (
        time.monotonic() < deadline
    ):
        end(found)
        time.sleep(0.005)


def is_zombie(pid: int) -> bool:
    """Whether a process is dead and not yet buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
