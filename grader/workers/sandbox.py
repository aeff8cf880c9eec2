"""How a worker's process is started: the strongest isolation that this machine offers.

`bubblewrap` gives each worker what a machine of its own would have: its own /tmp, process table and
IPC, no network, and a file system on which it can write nowhere but in memory of bounded size; where root
grades, as another user too. Where that is not to be had: `user`, another user id for each worker where root
grades; else `process`, a plain process with a folder, home and TMPDIR of its own. SECURITY.md says what each
promises.
"""

from __future__ import annotations

import os
import sys
from functools import cache

from grader.errors import GraderError
from grader.workers.bubblewrap import NAME, bubblewrap, bubblewrapped
from grader.workers.limits import Limits
from grader.workers.places import AGENT, FIRST_UID, Cell, Place, run_as, runs, start_from

BUBBLEWRAP, USER, PROCESS = NAME, "user", "process"


def choose(asked: str) -> str:
    """The isolation for `--isolation`. Raises GraderError where it is not to be had."""
    if asked in (USER, PROCESS):
        if asked == USER and os.geteuid() != 0:
            raise GraderError("--isolation user: only root can run a submission as another user.")
        if asked == USER and not _can_switch():
            raise GraderError(
                "--isolation user: other users can't run this Python, or can't read the grader: "
                "keep both where everybody may read, not in /root."
            )
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
        return bubblewrapped(python, environment, place, descriptor, limits, _uid(name))
    uid = _uid(name) if isolation == USER else None
    if uid is not None:
        _hand_over(place, uid)
    return Cell(
        isolation,
        [*python, start_from(AGENT.parent), str(descriptor)],
        {**environment, "HOME": str(place.home), "TMPDIR": str(place.home)},
        place.tree,
        place.sockets,
        run_as(uid),
        uid,
        alone=uid is not None,
        packages=place.packages,
        folders=[str(place.tree), str(place.home)],
    )


def _uid(name: str) -> int:
    """A user that nothing else runs as: the kernel counts processes by user."""
    return FIRST_UID + 2 * os.getpid() + ord(name) % 2


def _hand_over(place: Place, uid: int) -> None:
    """Let a worker's own folders be that user's, and nobody else's."""
    place.home.parent.chmod(0o700)
    for path in [place.home.parent, place.tree, place.home, *place.tree.rglob("*")]:
        os.chown(path, uid, uid, follow_symlinks=False)


@cache
def _can_switch() -> bool:
    """Whether another user can run this interpreter and read the agent."""
    python = [sys.executable, "-I", "-S", "-c", f"open({str(AGENT / 'main.py')!r})"]
    return runs(python, FIRST_UID - 1)
