"""Grades one submission on a machine of a cluster: in a process of its own, as `python -m grader` does here.

    python -m grader.cohort.remote FOLDER TIME-LIMIT [TASK …] [OPTION …]

FOLDER holds the submission as `in/NAME`; what came of it is in `out/NAME`. It ends when its standard input
closes, which is when the Dask worker that started it has ended.
"""

from __future__ import annotations

import io
import select
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from grader.cohort import results
from grader.cohort.child import LOG, Wish
from grader.cohort.command import grade_all
from grader.cohort.progress import Watch
from grader.cohort.submissions import submissions
from grader.rig import CHECKOUT
from grader.versions import versions

KEPT = (results.SCORECARD, results.FILE, LOG)
LARGEST = 20 * 2**20  # bytes of a file that is sent back


@dataclass(frozen=True)
class Order:
    """What is to be graded, as it goes over the network; `packed` is a tar of the submission's tree."""

    name: str
    packed: bytes
    tasks: tuple[str, ...]
    further: tuple[str, ...]  # options of `pytest grader`
    limit: float
    versions: dict[str, str]


def pack(tree: Path) -> bytes:
    """A tree as a tar, without owners and times."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path in sorted(tree.rglob("*")):
            if path.is_file():
                member = tarfile.TarInfo(path.relative_to(tree).as_posix())
                member.size = path.stat().st_size
                with path.open("rb") as file:
                    archive.addfile(member, file)
    return out.getvalue()


def carry_out(order: Order) -> dict[str, bytes]:
    """Called in a Dask worker: the files that came of an order. Raises RuntimeError with one line."""
    if (mine := versions()) != order.versions:
        differing = next(name for name in order.versions if mine.get(name) != order.versions[name])
        raise RuntimeError(
            f"this worker has {differing} {mine.get(differing)}, the run has {order.versions[differing]}: "
            "put the same kit there"
        )
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        (place / "in").mkdir()
        (place / "in" / f"{order.name}.tar.gz").write_bytes(order.packed)
        said = _run(folder, order)
        out = place / "out" / order.name
        if not (out / results.FILE).exists():
            raise RuntimeError(f"nothing came of it: {said}")
        return {
            name: (out / name).read_bytes()
            for name in KEPT
            if (out / name).exists() and (out / name).stat().st_size <= LARGEST
        }


def _run(folder: str, order: Order) -> str:
    """Start the process, whose standard input stays open as long as this one lives; its last words."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "grader.cohort.remote",
            folder,
            str(order.limit),
            *order.tasks,
            *order.further,
        ],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None and process.stdin is not None
    try:
        said = process.stderr.read().strip().splitlines()
        process.wait()
    finally:
        process.stdin.close()
    return said[-1] if said else f"exit code {process.returncode}"


class Leashed(Watch):
    """Shows nothing, and ends the run when standard input closes."""

    def tick(self) -> None:
        if select.select([sys.stdin], [], [], 0)[0]:
            raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Grade what is in the folder."""
    folder, limit, *words = arguments
    tasks = tuple(word for word in words if not word.startswith("--"))
    further = tuple(word for word in words if word.startswith("--"))
    found = submissions(sorted((Path(folder) / "in").iterdir()))
    out = Path(folder) / "out"
    watch = Leashed(Console(file=io.StringIO()), 1, 1)
    grade_all(found, out, Wish(tasks, further, formats=()), 1, float(limit), watch)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
