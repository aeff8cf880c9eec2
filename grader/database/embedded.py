"""A PostgreSQL server private to one run, and thrown away after it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path

from grader.database.data_folder import template
from grader.database.installation import (
    ADMINISTRATOR,
    Starting,
    account_of_server,
    copy,
    launch,
    own,
    own_tree,
    reachable_binaries,
)
from grader.database.server import Server
from grader.errors import DatabaseError
from grader.reaper import Reaper

MEMORY = Path("/dev/shm")  # Linux; a file system in memory
MEMORY_NEEDED = 2**30  # bytes


def start(root: Path, cache: Path, reaper: Reaper) -> Starting:
    """Start a server on a copy of the cached data folder, below `root`; the reaper stops it.

    Returns before it is up. Raises DatabaseError with one line: no wheel for this platform, no room.
    """
    try:
        return _start(root, cache, reaper)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DatabaseError(
                f"No room left for the database below {root}: free 200 MB there, or set TMPDIR."
            ) from error
        raise DatabaseError(f"PostgreSQL could not be started: {error}") from error


def _start(root: Path, cache: Path, reaper: Reaper) -> Starting:
    account = account_of_server()
    home = _home(root, reaper)
    own(home, account)
    binaries = reachable_binaries(root, account)
    with template(cache, home, binaries, account, reaper) as (kept, password):
        copy(kept, home / "data")
    own_tree(home / "data", account)
    (home / "data").chmod(0o700)
    process = launch(binaries, home / "data", home, account)
    reaper.server(process.pid)
    return Starting(Server(str(home), 5432, ADMINISTRATOR, password), process, home / "log", home / "data")


def _home(root: Path, reaper: Reaper) -> Path:
    """The server's own folder: in memory where there is room and TMPDIR does not say else, or in `root`.

    Throw-away data on a disk costs ten times what it costs in memory, most of a start.
    """
    may = "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK)
    if may and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        home = Path(tempfile.mkdtemp(prefix="grader-", dir=MEMORY))
        reaper.folder(home)
        return home
    home = root / "pg"
    home.mkdir(mode=0o700)
    return home
