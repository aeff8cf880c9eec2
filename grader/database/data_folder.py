"""A data folder to copy for each run: fresh from initdb, with the database of Django's own tables.

It is made once (some 2 s) and kept; a copy takes 0.07 s.
"""

from __future__ import annotations

import errno
import fcntl
import importlib.metadata
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.database import contrib
from grader.database.installation import ADMINISTRATOR, Account, Starting, launch, own
from grader.database.server import Server
from grader.errors import DatabaseError
from grader.reaper import Reaper
from grader.workers.bubblewrap import bubblewrap

TEMPLATE_VERSION = 4  # part of the folder's name: raise it with SETTINGS, initdb's options, contrib.py


@contextmanager
def template(
    cache: Path, home: Path, binaries: Path, account: Account, reaper: Reaper
) -> Iterator[tuple[Path, str]]:
    """A data folder to copy, and its administrator's password; made in `cache` once.

    A lock keeps two first runs apart. Where `cache` can't be written, the run makes its own.
    """
    try:
        cache.mkdir(parents=True, exist_ok=True)
        lock = (cache / "postgres.lock").open("w")
    except OSError:
        made = _initialise(home, binaries, account, reaper)
        yield made / "data", (made / "password").read_text()
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        versions = f"{_version(binaries)}-django-{importlib.metadata.version('Django')}"
        kept = cache / f"postgres-{versions}-{TEMPLATE_VERSION}"
        if not (kept / "complete").exists():
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(_initialise(home, binaries, account, reaper), kept, symlinks=True)
            (kept / "complete").touch()
        yield kept / "data", (kept / "password").read_text()


def _version(binaries: Path) -> str:
    said = subprocess.run(
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return said.stdout.split()[-1]


def _initialise(home: Path, binaries: Path, account: Account, reaper: Reaper) -> Path:
    """A data folder fresh from initdb, with the database of Django's own tables."""
    made = home / "new"
    made.mkdir(mode=0o700)
    password = made / "password"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    own(made, account)
    own(password, account)
    done = subprocess.run(
        [
            *_with_a_name(made),
            str(binaries / "initdb"),
            *("-D", str(made / "data"), "-U", ADMINISTRATOR, "--pwfile", str(password)),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"),
            "--wal-segsize=1",
            *("--no-instructions", "--set=scram_iterations=1"),
        ],
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        **account.switch,  # type: ignore[call-overload]
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        if "No space left" in done.stderr:
            raise OSError(errno.ENOSPC, "no space")
        raise DatabaseError(f"initdb failed: {lines[-1]}")
    process = launch(binaries, made / "data", home, account)
    reaper.server(process.pid)
    server = Server(str(home), 5432, ADMINISTRATOR, password.read_text())
    try:
        Starting(server, process, home / "log", made / "data").wait()
        with server.connect() as connection:
            for database in ("postgres", "template1"):
                connection.execute(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
        contrib.make(server)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise DatabaseError(f"Django's own tables could not be made: {said[-1]}") from error
    finally:
        process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown, which leaves the data clean
        process.wait()
    return made


def _with_a_name(folder: Path) -> list[str]:
    """A prefix that gives a user without an entry in /etc/passwd one, which initdb insists on."""
    with suppress(KeyError):
        pwd.getpwuid(os.geteuid())
        return []
    wrapper = bubblewrap()
    if wrapper is None:
        raise DatabaseError(
            f"The user {os.geteuid()} has no name: add one to /etc/passwd, or set GRADER_DATABASE_URL."
        )
    entry = folder / "passwd"
    entry.write_text(f"grader:x:{os.geteuid()}:{os.getegid()}::/:/bin/sh\n")
    return [wrapper.start[0], "--dev-bind", "/", "/", "--ro-bind", str(entry), "/etc/passwd", "--"]
