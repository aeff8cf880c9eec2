"""Runs a command and reports which processes it left: every orphan of it becomes this one's child.

Its arguments: a file for the report, the seconds after which the command is ended, and the command.
Linux's "child subreaper" misses none, whatever sessions, groups and names they have given themselves.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 10.0  # seconds in which what is being killed may still be there


def children() -> list[int]:
    """The living children of this process."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            return []
    return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]


def left_over() -> list[str]:
    """The command lines of what is still there after a moment, which is then killed."""
    deadline = time.monotonic() + PATIENCE
    while (found := children()) and time.monotonic() < deadline:
        time.sleep(0.02)
    told = [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")[:200] for pid in found]
    while found:
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
        found = children()
    return told


def main(report: str, seconds: str, *command: str) -> int:
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.monotonic()
    run = subprocess.Popen(command)
    late = False
    try:
        run.wait(float(seconds))
    except subprocess.TimeoutExpired:
        late = True
        run.kill()
        run.wait()
    took = time.monotonic() - began
    Path(report).write_text(json.dumps({"left": left_over(), "late": late, "took": took}))
    return run.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
