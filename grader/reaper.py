"""Cleans up after a run, whatever ended it: normal end, Ctrl-C, crash or `kill -9`.

A small process of its own, in a session of its own. It is told over standard input what the run has
started and where it writes; when that pipe closes, for whatever reason, it ends and removes all of it.
A run's normal end takes the same way, so that the way is never untried.

Standard library only: it is started as `python -I -S`, which takes some 10 ms.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

STOP_PATIENCE = 5.0  # seconds that a database server is given to stop before it is killed


class Reaper:
    """The trusted process's end: registers what must not outlive the run."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
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

    def server(self, pid: int) -> None:
        """Stop the PostgreSQL server whose main process is `pid`."""
        self._tell("server", str(pid))

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


def main() -> None:
    """Read what there is until the pipe closes; then clean up, newest first."""
    kept: list[tuple[str, str]] = []
    for line in sys.stdin:
        what, _, value = line.rstrip("\n").partition(" ")
        if what == "forget":
            kept.remove(("group", value))
        else:
            kept.append((what, value))
    for action, kind in ((_kill_group, "group"), (_stop_server, "server")):
        for what, value in reversed(kept):
            if what == kind:
                action(int(value))
    for what, value in reversed(kept):
        if what == "folder":
            shutil.rmtree(value, ignore_errors=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    main()
