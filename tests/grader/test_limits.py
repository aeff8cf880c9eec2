"""Limits by name, and what is said of them; what the kernel does not limit is watched."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader import processes
from grader.watching import Watch, Watched
from grader.workers.limits import Limits
from grader.workers.wording import worded


def test_limits_are_changed_by_name() -> None:
    changed = Limits().changed(["call=3", "memory=512.5"])
    assert (changed.call, changed.memory, changed.start) == (3, 512.5, Limits().start)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sleep=3", "there is no limit 'sleep'"),
        ("call=0", "above 0"),
        ("call", "above 0"),
        ("call=x", "above 0"),
    ],
)
def test_a_wrong_limit_gets_one_line(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Limits().changed([text])


@pytest.mark.parametrize(
    ("kind", "message", "says"),
    [
        ("TabError", "inconsistent use of tabs", "syntax error"),
        ("MemoryError", "", "out of memory (a worker may take 1024 MiB)"),
        ("BlockingIOError", "[Errno 11] Resource temporarily unavailable", "it may have 64 processes"),
        ("ModuleNotFoundError", "No module named 'a.b'", "a is not installed"),
        ("CommandError", "Conflicting migrations detected", "its migrations conflict"),
        ("ValueError", "no", "ValueError: no"),
    ],
)
def test_what_went_wrong_is_in_plain_words(kind: str, message: str, says: str) -> None:
    assert worded(kind, message, Limits()).startswith(says)


CHILDREN = """
import os, sys, time
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        hoard = b"x" * (int(sys.argv[2]) << 20)
        time.sleep(60)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("count", "size", "says"),
    [(12, 0, "more than 4 processes at once"), (4, 40, "out of memory"), (2, 1, "")],
)
def test_all_processes_together_are_watched(tmp_path: Path, count: int, size: int, says: str) -> None:
    command = [sys.executable, "-c", CHILDREN, str(count), str(size)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    run.stdout.readline()
    if size:
        time.sleep(0.3)  # until the children have taken theirs
    watch = Watch()
    watch.notes = tmp_path
    watch.workers[run.pid] = Watched(run.pid, 100, 4, 100)
    family = list(processes.family(run.pid))
    watch.look()
    note = tmp_path / f"{run.pid}.over"
    assert (note.read_text() if note.exists() else "").startswith(says)
    assert note.exists() is bool(says)
    processes.end(family)
    run.wait()
    processes.end_all(lambda: [pid for pid in family if not processes.is_zombie(pid)])


def test_what_a_worker_writes_on_a_disk_is_watched(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    run = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    watch = Watch()
    watch.notes = tmp_path
    watch.workers[run.pid] = Watched(run.pid, 1000, 4, 1, [str(folder)])
    watch.look()
    assert run.poll() is None
    (folder / "rubbish").write_bytes(b"x" * 2**21)
    watch.look()
    assert run.wait(10) == -9
    assert "wrote more than 1 MiB" in (tmp_path / f"{run.pid}.over").read_text()
