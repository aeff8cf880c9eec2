"""Looks after what the kernel does not limit: all processes of a worker together, and the database's room.

Runs in the reaper, four times a second, and costs some 0.1 ms each time. Where something is beyond its limit,
the reason is written where the trusted process finds it, and the processes are killed.
Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader import processes

EVERY = 0.25  # seconds
MIB = 2**20
MOST_FILES = 20_000  # in the folders that a worker writes to


@dataclass
class Watched:
    """A worker: the process that began it, what it may use, and where it writes on a disk."""

    pid: int
    memory: int  # MiB
    processes: int
    disk: int  # MiB in each folder
    folders: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)  # in memory, of bounded size, as the worker sees them
    depth: int = 0  # processes between the first and the worker

    def excess(self) -> str:
        """What is beyond its limit, in plain words; "" where nothing is."""
        family = list(processes.family(self.pid))
        if len(family) > self.processes + 3:  # bubblewrap's own two, and the worker itself
            return f"more than {self.processes} processes at once"
        if sum(map(_private, family)) > self.memory * MIB and sum(map(_share, family)) > self.memory * MIB:
            return f"out of memory: its processes together took more than {self.memory} MiB"
        for folder in self.folders:
            size, count = _room(folder)
            if size > self.disk * MIB or count > MOST_FILES:
                return f"No space left: it wrote more than {self.disk} MiB or {MOST_FILES} files"
        if any(self._files_in(room) > MOST_FILES for room in self.rooms):
            return f"No space left: it made more than {MOST_FILES} files"
        return ""

    def _files_in(self, room: str) -> int:
        pid = self.pid
        for _ in range(self.depth):
            pid = next(iter(processes.children(pid)), 0)
        with contextlib.suppress(OSError):
            told = os.statvfs(f"/proc/{pid}/root{room}")
            return told.f_files - told.f_ffree
        return 0


@dataclass
class Server:
    """An embedded PostgreSQL: its main process, its data folder and the MiB that it may take."""

    pid: int
    data: str
    most: int
    seen: float = 0.0

    def excess(self) -> str:
        """The same; looked at once a second, since it takes some 5 ms."""
        if time.monotonic() - self.seen < 1:
            return ""
        self.seen = time.monotonic()
        if sum(_room(f"{self.data}/{part}")[0] for part in ("base", "pg_wal")) > self.most * MIB:
            return f"the database grew beyond {self.most} MiB"
        return ""

    def end_sessions(self) -> None:
        """Have PostgreSQL end what tenants' sessions do."""
        for pid in processes.children(self.pid):
            with contextlib.suppress(OSError):
                if "_app " in Path(f"/proc/{pid}/cmdline").read_text():
                    os.kill(pid, signal.SIGTERM)


class Watch:
    """All that is watched in a run."""

    def __init__(self) -> None:
        self.workers: dict[int, Watched] = {}
        self.servers: list[Server] = []
        self.notes = Path()  # the folder for reasons

    @property
    def busy(self) -> bool:
        """Whether there is anything to look after."""
        return bool(self.workers or self.servers)

    def look(self) -> None:
        """Look at all of it once."""
        for worker in list(self.workers.values()):
            self._end_if(worker, worker.excess())
        for server in self.servers:
            if reason := server.excess():
                for worker in list(self.workers.values()):
                    self._end_if(worker, reason)
                server.end_sessions()

    def _end_if(self, worker: Watched, reason: str) -> None:
        if reason:
            with contextlib.suppress(OSError):
                (self.notes / f"{worker.pid}.over").write_text(reason)
            processes.end(list(processes.family(worker.pid))[::-1])
            self.workers.pop(worker.pid, None)


def _private(pid: int) -> int:
    """Bytes of memory that are a process's own, or shared with those it was forked from."""
    return _from_status(f"/proc/{pid}/status", "RssAnon:")


def _share(pid: int) -> int:
    """Bytes of memory, what several share being divided among them; takes 1 ms."""
    return _from_status(f"/proc/{pid}/smaps_rollup", "Pss:")


def _from_status(file: str, name: str) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in Path(file).read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    return 0


def _room(folder: str) -> tuple[int, int]:
    """Bytes and files below a folder; ends early where there are too many."""
    size = count = 0
    for entry in _entries(folder):
        with contextlib.suppress(OSError):
            size += entry.stat(follow_symlinks=False).st_blocks * 512
        count += 1
        if count > MOST_FILES:
            break
    return size, count


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path)
