"""Runs a command in the kit's virtual environment, which is made first where it is missing or old.

    python3 -m grader.setup pytest grader

Needs nothing but Python 3.11 with venv: this module is the standard library only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ENVIRONMENT = CHECKOUT / ".venv"
REQUIREMENTS = CHECKOUT / "requirements.txt"
STAMP = ENVIRONMENT / "complete"
OLDEST = (3, 11)


def fingerprint() -> str:
    """What the environment was made from: the pinned requirements and this Python."""
    version = ".".join(map(str, sys.version_info[:3]))
    return hashlib.sha256(REQUIREMENTS.read_bytes() + version.encode()).hexdigest()


def is_ready() -> bool:
    return STAMP.exists() and STAMP.read_text() == fingerprint()


def make() -> None:
    """Make the environment anew; a half-made one is never taken for a whole one."""
    print(f"Setting up {ENVIRONMENT.name} (once, about a minute) …", file=sys.stderr, flush=True)
    if ENVIRONMENT.exists():
        shutil.rmtree(ENVIRONMENT)
    venv.create(ENVIRONMENT, with_pip=True)
    pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    done = subprocess.run(
        [*pip, "--disable-pip-version-check", "--requirement", str(REQUIREMENTS)],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        sys.exit(f"The requirements could not be installed: {last}")
    STAMP.write_text(fingerprint())


def main(command: list[str]) -> None:
    """Make the environment if need be, then become the command."""
    if sys.version_info < OLDEST:
        sys.exit(f"Python {'.'.join(map(str, OLDEST))} or later is needed; this is {sys.version.split()[0]}.")
    if not command:
        sys.exit("What is to be run? For example: python3 -m grader.setup pytest grader")
    try:
        if not is_ready():
            make()
    except OSError as error:
        sys.exit(f"{ENVIRONMENT} can't be made: {error.strerror}. Clone the kit where you may write.")
    program = ENVIRONMENT / "bin" / command[0]
    if not program.exists():
        sys.exit(f"There is no {command[0]} in {ENVIRONMENT.name}.")
    os.chdir(CHECKOUT)
    path = f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    os.execve(program, [str(program), *command[1:]], {**os.environ, "PATH": path})


if __name__ == "__main__":
    main(sys.argv[1:])
