"""Cleans up after a run, whatever ended it: normal end, Ctrl-C, crash or `kill -9`.

A small process of its own, in a session of its own. It is told over standard input what the run has
started and where it writes; when that pipe closes, for whatever reason, it ends and removes all of it.
A run's normal end takes the same way, so that the way is never untried. Meanwhile it looks after the limits
that the kernel does not know (`watching.py`).

Standard library only: it is started as `python -I -S`, which takes some 10 ms.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from grader import processes
from grader.watching import EVERY, Server, Watch, Watched

STOP_PATIENCE = 5.0  # seconds that a database server is given to stop before it is killed
CHECKOUT = Path(__file__).resolve().parent.parent
START = f"import sys; sys.path.append({str(CHECKOUT)!r}); from grader.reaper import main; main()"


class Reaper:
    """The trusted process's end: registers what must not outlive the run."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", START],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def folder(self, path: Path) -> None:
        """Remove this folder at the end."""
        self._tell("folder", str(path))

    def group(self, pid: int) -> None:
        """Kill the process group that `pid` leads."""
        self._tell("group", str(pid))

    def forget_group(self, pid: int) -> None:
        """The group has ended and its number may be used by others."""
        self._tell("forget", str(pid))

    def user(self, uid: int) -> None:
        """Kill all processes of a user who is there for one worker only."""
        self._tell("user", str(uid))

    def server(self, pid: int) -> None:
        """Stop the PostgreSQL server whose main process is `pid`."""
        self._tell("server", str(pid))

    def notes(self, path: Path) -> None:
        """Write into this folder why something was ended: `<pid>.over`."""
        self._tell("notes", str(path))

    def watch(self, worker: Watched) -> None:
        """End a worker that takes more than it may, until its group is forgotten."""
        self._tell("watch", json.dumps(asdict(worker)))

    def watch_server(self, server: Server) -> None:
        """End what fills an embedded server's disk."""
        self._tell("room", json.dumps(asdict(server)))

    def close(self) -> None:
        """Have everything cleaned up, and wait for it."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, what: str, value: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what} {value}\n".encode())
        self._process.stdin.flush()


def _kill_group(pid: int) -> None:
    processes.end(processes.family(pid))
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _stop_server(pid: int) -> None:
    """SIGQUIT is PostgreSQL's immediate shutdown; the data is thrown away anyway."""
    deadline = time.monotonic() + STOP_PATIENCE
    try:
        os.kill(pid, signal.SIGQUIT)
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError):
                if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                    return
            os.kill(pid, 0)
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _lines(watch: Watch) -> Iterator[str]:
    """What the run says, line by line, until it ends; looks after the limits meanwhile."""
    said, descriptor, next_look = b"", sys.stdin.fileno(), 0.0
    while True:
        if watch.busy and time.monotonic() >= next_look:
            watch.look()
            next_look = time.monotonic() + EVERY
        patience = max(0.0, next_look - time.monotonic()) if watch.busy else None
        if not select.select([descriptor], [], [], patience)[0]:
            continue
        if not (part := os.read(descriptor, 65536)):
            return
        *lines, said = (said + part).split(b"\n")
        yield from (line.decode() for line in lines)


def main() -> None:
    """Do what there is to do until the pipe closes; then clean up, newest first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    kept: list[tuple[str, str]] = []
    watch = Watch()
    for line in _lines(watch):
        what, _, value = line.partition(" ")
        if what == "forget":
            with contextlib.suppress(ValueError):
                kept.remove(("group", value))
            watch.workers.pop(int(value), None)
        elif what == "watch":
            worker = Watched(**json.loads(value))
            watch.workers[worker.pid] = worker
        elif what == "room":
            watch.servers.append(Server(**json.loads(value)))
        elif what == "notes":
            watch.notes = Path(value)
        else:
            kept.append((what, value))
    _clean_up(kept)


def _clean_up(kept: list[tuple[str, str]]) -> None:
    for action, kind in ((_kill_group, "group"), (_end_user, "user"), (_stop_server, "server")):
        for what, value in reversed(kept):
            if what == kind:
                action(int(value))
    for what, value in reversed(kept):
        if what == "folder":
            processes.end_all(lambda: processes.told(value))  # noqa: B023 - it is called at once
            shutil.rmtree(value, ignore_errors=True)


def _end_user(uid: int) -> None:
    processes.end_all(lambda: processes.of_user(uid))
