"""On a Dask cluster: real scheduler and workers on loopback, one of them killed in the middle.

Needs requirements-cluster.txt; what can be told without is tested without.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader import __main__ as front
from grader.cohort import remote
from grader.cohort.changes import digest
from grader.cohort.remote import Order, carry_out, pack
from grader.intake import PACKAGES
from grader.rig import CHECKOUT
from grader.versions import versions

has_dask = importlib.util.find_spec("distributed") is not None
needs_dask = pytest.mark.skipif(not has_dask, reason="needs requirements-cluster.txt")
REFERENCE = CHECKOUT / "solutions" / "reference"


@pytest.mark.skipif(has_dask, reason="Dask is there")
def test_without_dask_it_is_said_what_to_install(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "run")
    assert front.main([str(REFERENCE), "--scheduler", "tcp://127.0.0.1:9", "--out", out]) == 4
    wanted = "grader: --scheduler needs Dask's distributed: pip install -r requirements-cluster.txt\n"
    assert capsys.readouterr().err == wanted


def order(name: str = "jane", **edits: object) -> Order:
    made = {
        "name": name,
        "packed": pack(REFERENCE),
        "tasks": ("c",),
        "further": ("--limit=call=19",),
        "limit": 120.0,
        "versions": versions(),
    }
    return Order(**{**made, **edits})  # type: ignore[arg-type]


def test_a_packed_tree_is_the_same_tree(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(pack(REFERENCE))
    with tarfile.open(tmp_path / "x.tar.gz") as archive:
        archive.extractall(tmp_path / "x")  # packed here; `filter` came with Python 3.11.4
    assert digest(tmp_path / "x") == digest(REFERENCE)


def test_a_worker_grades_in_a_process_of_its_own() -> None:
    files = carry_out(order())
    assert set(files) == {"scorecard.json", "result.json"}
    assert json.loads(files["result.json"])["verdict"] == "distinction"
    assert json.loads(files["scorecard.json"])["submission"] == "jane"


def test_a_worker_with_another_kit_refuses() -> None:
    with pytest.raises(
        RuntimeError, match=r"this worker has grader \w+, the run has x: put the same kit there"
    ):
        carry_out(order(versions={**versions(), "grader": "x"}))


def test_a_grading_that_comes_to_nothing_says_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_run", lambda folder, order: "exit code 9")
    with pytest.raises(RuntimeError, match="nothing came of it: exit code 9"):
        carry_out(order())


def test_it_ends_with_the_worker_that_started_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "jane.tar.gz").write_bytes(pack(REFERENCE))
    process = subprocess.Popen(
        [sys.executable, "-m", "grader.cohort.remote", str(tmp_path), "120"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
    )
    while not (tmp_path / "out" / "jane").exists():
        time.sleep(0.05)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=20) == 0
    assert not (tmp_path / "out" / "jane" / "result.json").exists()


@dataclass
class Dask:
    """A scheduler and its workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


def begin(module: str, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *words],
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    """A scheduler and two workers on loopback."""
    file = tmp_path / "scheduler.json"
    host = ("--host", "tcp://127.0.0.1")
    begun = [begin("dask_scheduler", *host, "--port", "0", "--no-dashboard", "--scheduler-file", str(file))]
    try:
        while not file.exists() or not file.read_text().strip():
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        words = (address, "--nthreads", "1", "--no-nanny", "--no-dashboard", *host)
        workers = [begin("dask_worker", *words, "--local-directory", str(tmp_path / name)) for name in "xy"]
        begun += workers
        from distributed import Client

        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield Dask(address, workers)
    finally:
        for process in begun:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@needs_dask
def test_a_killed_workers_submissions_are_graded_by_another(dask: Dask, tmp_path: Path) -> None:
    trees = []
    for number in range(5):
        trees.append(tmp_path / "in" / f"s{number}")
        for package in PACKAGES:
            shutil.copytree((REFERENCE if number % 2 else CHECKOUT) / package, trees[-1] / package)
    trees.append(tmp_path / "in" / "none.zip")
    trees[-1].write_text("no archive")
    out = tmp_path / "run"
    typed = [sys.executable, "-m", "grader", *map(str, trees), "--task", "c", "--out", str(out)]
    typed += ["--scheduler", dask.address]
    process = subprocess.Popen(typed, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()  # the archive that is none
    process.stdout.readline()  # the first that is graded
    dask.workers[0].kill()
    said = process.communicate()[0]
    assert process.returncode == 2, said
    found = {p.parent.name: json.loads(p.read_text()) for p in out.glob("*/result.json")}
    assert {name: result["verdict"] for name, result in found.items()} == {
        **{f"s{number}": "distinction" if number % 2 else "fail" for number in range(5)},
        "none": "",
    }
    assert all((out / f"s{number}" / "report.html").exists() for number in range(5))
    before = (out / "s1" / "result.json").stat().st_mtime_ns
    again = subprocess.run([*typed, "--resume"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert (out / "s1" / "result.json").stat().st_mtime_ns == before


@needs_dask
def test_no_scheduler_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "run")
    assert front.main([str(REFERENCE), "--scheduler", "tcp://127.0.0.1:9", "--out", out]) == 4
    said = capsys.readouterr().err
    assert (
        "grader: --scheduler: nothing answers at tcp://127.0.0.1:9: start `dask scheduler` there.\n" in said
    )
