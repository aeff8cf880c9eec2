"""Killed at a random moment and gone on with, ten times: the same table as an undisturbed run."""

from __future__ import annotations

import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.intake import PACKAGES
from grader.rig import CHECKOUT
from tests.grader.reports.conftest import CARDS

SUBMISSIONS = 8
SEED = 20_260

# The command, with a recorded scorecard in place of its slow part (pytest, database); notes each grading.
DRIVER = """
import os, shutil, sys, time
from pathlib import Path
from grader.cohort import child, command
from grader.cohort.slot import Slot

cards, log = Path(sys.argv[1]), Path(sys.argv[2])

def run(source, file, server, wish, lanes):
    time.sleep(0.1)
    name = "reference" if int(source.name[1:]) % 3 else "buggy"
    shutil.copyfile(cards / f"{name}.json", file)
    with log.open("a") as out:
        out.write(f"{source.name}\\n")
    return 0

child._run = run
Slot.server = lambda self: None
sys.exit(command.main(sys.argv[3:]))
"""


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("handed-in")
    for number in range(SUBMISSIONS):
        for package in PACKAGES:
            shutil.copytree(CHECKOUT / package, folder / f"s{number}" / package)
        (folder / f"s{number}" / "loans" / "mine.py").write_text(f"number = {number}\n")
    return [str(folder / f"s{number}") for number in range(SUBMISSIONS)]


def start(trees: list[str], out: Path, log: Path) -> subprocess.Popen[bytes]:
    typed = [
        sys.executable,
        "-c",
        DRIVER,
        str(CARDS),
        str(log),
        *trees,
        "--out",
        str(out),
        "--resume",
        "--jobs",
        "2",
    ]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    return subprocess.Popen(typed, stdout=subprocess.DEVNULL, env=environment)


def table(out: Path) -> list[dict[str, str]]:
    rows = list(csv.DictReader((out / "cohort.csv").read_text().splitlines()))
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]


@pytest.fixture(scope="module")
def undisturbed(trees: list[str], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert start(trees, folder / "run", folder / "log").wait() == 0
    return table(folder / "run")


@pytest.mark.parametrize("attempt", range(10))
def test_the_table_is_the_same(
    attempt: int, trees: list[str], undisturbed: list[dict[str, str]], tmp_path: Path
) -> None:
    chance = random.Random(SEED + attempt)
    out, log = tmp_path / "run", tmp_path / "log"
    for _ in range(3):
        process = start(trees, out, log)
        time.sleep(chance.uniform(0.3, 1.6))
        process.send_signal(chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
        process.wait()
        kept = {path.parent.name for path in out.glob("*/result.json")}
        graded_before = log.read_text().split() if log.exists() else []
    assert start(trees, out, log).wait() == 0
    assert table(out) == undisturbed
    graded_last = log.read_text().split()[len(graded_before) :]
    assert not kept & set(graded_last), "what was kept was graded again"
    assert not list(out.glob("**/.*.part"))
