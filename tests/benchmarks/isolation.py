"""What isolation costs an honest submission: the seconds of a worker's start, and of all of C, in each layer.

    python -m tests.benchmarks.isolation [TIMES]

The layers take turns, so that what else the machine does meets all of them alike; the median is shown.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.errors import GraderError
from grader.reaper import Reaper
from grader.wire.proxy import Wire
from grader.workers import sandbox
from grader.workers.limits import Limits
from grader.workers.places import Place
from grader.workers.worker import Worker

CHECKOUT = Path(__file__).resolve().parents[2]
HEALTHY = CHECKOUT / "solutions" / "reference"
ASKED = {"best": "bubblewrap", "user": "user", "process": "process"}


def available() -> list[str]:
    """The layers that this machine offers, by what --isolation calls them."""
    found = []
    for asked, name in ASKED.items():
        try:
            if sandbox.choose(asked) == name:
                found.append(asked)
        except GraderError:
            continue
    return found


def start(asked: str) -> float:
    """Seconds from a worker's start until the healthy app is loaded in it."""
    with tempfile.TemporaryDirectory(prefix="isolation-") as scratch:
        root = Path(scratch)
        root.chmod(0o711)
        place = Place(root / "taken", root / "A" / "app", root / "A" / "sockets", root / "A" / "home")
        for tree in (place.taken, place.tree):
            shutil.copytree(HEALTHY, tree)
        for folder in (place.sockets, place.home):
            folder.mkdir()
        reaper, wire = Reaper(), Wire()
        wire.listen("A", place.sockets / ".s.PGSQL.5432")
        worker = Worker("A", place, wire, reaper, sandbox.choose(asked), Limits())
        began = time.perf_counter()
        worker.start()
        worker.load()
        took = time.perf_counter() - began
        worker.stop()
        wire.close()
        reaper.close()
    return took


def grading(asked: str) -> float:
    """Seconds of the command that grades C."""
    command = [sys.executable, "-m", "pytest", "grader", "-q", "--task=c", f"--submission={HEALTHY}"]
    began = time.perf_counter()
    subprocess.run([*command, f"--isolation={asked}"], cwd=CHECKOUT, capture_output=True, check=True)
    return time.perf_counter() - began


def main(times: int) -> None:
    layers = available()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {times} times each")
    for what, measure in (("a worker's start", start), ("grading C", grading)):
        took: dict[str, list[float]] = {asked: [] for asked in layers}
        for _ in range(times):
            for asked in layers:
                took[asked].append(measure(asked))
        for asked, seconds in took.items():
            more = statistics.median(seconds) - statistics.median(took[layers[-1]])
            print(f"{what:<18} {ASKED[asked]:<12} {statistics.median(seconds):6.3f} s  {more:+.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
