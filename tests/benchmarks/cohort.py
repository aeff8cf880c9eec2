"""How many submissions a minute are graded, in how much memory of the trusted process, and how truly.

    python -m tests.benchmarks.cohort [SUBMISSIONS] [OPTION OF python -m grader …]

Lays so many of `solutions/` on the buggy app, mixed from a fixed seed, grades them with `python -m grader`,
and holds each verdict against what its `case.toml` states. Says something of speed on a quiet machine only.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from pathlib import Path

from tests.prove import CHECKOUT, lay_over

SOLUTIONS = CHECKOUT / "solutions"
SEED = 20_260
EVERY = 0.25  # seconds between two looks at the memory
PAGE = os.sysconf("SC_PAGE_SIZE")


def lay_out(count: int, folder: Path) -> dict[Path, dict[str, str]]:
    """So many submissions below a folder, and the verdicts stated of each."""
    files = sorted([*SOLUTIONS.glob("*/*/*/case.toml"), *SOLUTIONS.glob("mixes/*/case.toml")])
    random.Random(SEED).shuffle(files)
    made = {}
    for number in range(count):
        case = files[number % len(files)].parent
        stated = tomllib.loads((case / "case.toml").read_text())
        letter = case.relative_to(SOLUTIONS).parts[0][0]
        tree = lay_over(case, folder / f"{number:03}-{case.name}")
        made[tree] = stated.get("verdicts") or {letter: stated["verdict"]}
    return made


class Memory(threading.Thread):
    """Looks at a process's resident memory until it ends: (seconds since the start, MiB)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._file, self._began = Path(f"/proc/{pid}/statm"), time.monotonic()
        self.seen: list[tuple[float, float]] = []

    def run(self) -> None:
        try:
            while pages := int(self._file.read_text().split()[1]):
                self.seen.append((time.monotonic() - self._began, pages * PAGE / 2**20))
                time.sleep(EVERY)
        except (OSError, IndexError):
            return


def wrong(run: Path, stated: dict[Path, dict[str, str]]) -> list[str]:
    """Submissions whose verdict differs from the one that is stated."""
    found = []
    for tree, verdicts in stated.items():
        result = json.loads((run / tree.name / "result.json").read_text())
        differing = {letter: result["tasks"].get(letter) for letter in verdicts}
        if differing != verdicts:
            found.append(f"{tree.name}: {differing}, not {verdicts} {result['note']}")
    return found


def main(arguments: list[str]) -> int:
    """Measure; 1 where a verdict is not as stated."""
    count = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 100
    with tempfile.TemporaryDirectory(prefix="cohort-") as scratch:
        Path(scratch).chmod(0o755)
        stated = lay_out(count, Path(scratch) / "in")
        out = Path(scratch) / "run"
        typed = [sys.executable, "-m", "grader", *map(str, stated), "--out", str(out), *arguments]
        process = subprocess.Popen(typed, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        memory = Memory(process.pid)
        memory.start()
        ends: list[float] = []
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith("["):
                    ends.append(time.monotonic() - memory._began)
                    print(line, end="", flush=True)
            process.wait()
        finally:
            process.terminate()  # which keeps what is done, and stops all that it has started
            process.wait()
        differing = wrong(out, stated)
    rate = 60 * (len(ends) - 1) / (ends[-1] - ends[0]) if len(ends) > 1 else 0
    half = [mib for at, mib in memory.seen if at > ends[-1] / 2]
    print(f"{len(ends)} in {ends[-1]:.0f} s, {rate:.1f} a minute after the first")
    print(f"memory of the trusted process: at most {max(m for _, m in memory.seen):.0f} MiB, "
          f"{half[0]:.0f} MiB at half time, {half[-1]:.0f} MiB at the end")  # fmt: skip
    print("\n".join([f"{len(differing)} verdicts are not as stated", *differing]))
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
