"""A place in which one submission after the other is graded: a database server that is used again.

Two submissions never share a server at the same time, so none can take another's connections, memory or room.
Between two, everything of the first is dropped; where something of it is left, the server is thrown away.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

import psycopg

from grader import rig as rigs
from grader.database import contrib, embedded, tenant
from grader.database.installation import Starting
from grader.database.server import Server
from grader.errors import DatabaseError
from grader.reaper import Reaper

MOST_USES = 40  # submissions of a server, so that what piles up in its catalogues stays small


@dataclass
class Slot:
    """A place at `folder`. `named`: the server is one of the user's own, which grading itself clears up."""

    number: int
    folder: Path
    named: bool = False
    uses: int = 0
    _running: Starting | None = None
    _reaper: Reaper | None = None
    _seen: str = field(default="", repr=False)  # the server's databases and roles before any submission

    def server(self) -> Starting | None:
        """The server, started where it is not; None where grading takes the named one.

        Raises DatabaseError.
        """
        if self.named:
            return None
        if self._running is None:
            self._start()
        assert self._running is not None
        self.uses += 1
        return self._running

    def _start(self) -> None:
        root = self.folder / "server"
        root.mkdir(parents=True)
        for folder in (self.folder, root):
            folder.chmod(0o711)
        self._reaper = Reaper()
        self._running = embedded.start(root, rigs.CACHE, self._reaper)
        self._running.wait()
        self.uses = 0
        self._seen = _state(self._running.server)

    @property
    def scratch(self) -> Path:
        """A folder for what one submission needs."""
        return self.folder / "scratch"

    def clear(self, *, clean: bool) -> None:
        """Make ready for the next submission. `clean`: the last one ended as it should."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        if self._running is None:
            return
        if not clean or self.uses >= MOST_USES or not self._as_before():
            self.close()

    def _as_before(self) -> bool:
        """Drop what the last submission had; whether the server is then as it was at first."""
        assert self._running is not None
        server = self._running.server
        try:
            with server.connect() as connection:
                found = connection.execute(
                    "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s",
                    [tenant.PREFIX, contrib.DATABASE],
                ).fetchall()
            for (name,) in found:
                tenant.drop(server, name)
            return _state(server) == self._seen
        except (psycopg.Error, DatabaseError):
            return False

    def close(self) -> None:
        """Stop the server and remove all that is in the folder."""
        if self._reaper is not None:
            self._reaper.close()
        self._running = self._reaper = None
        shutil.rmtree(self.folder / "server", ignore_errors=True)


STATE: LiteralString = (
    "SELECT (SELECT string_agg(concat_ws(' ', oid, datname, pg_get_userbyid(datdba), datacl,"
    " datallowconn, datistemplate, datconnlimit), ', ' ORDER BY oid) FROM pg_database),"
    " (SELECT string_agg(rolname, ', ' ORDER BY oid) FROM pg_roles),"
    " (SELECT string_agg(s::text, ', ' ORDER BY s::text) FROM pg_db_role_setting s),"
    " pg_postmaster_start_time()"
)


def _state(server: Server) -> str:
    """What a submission could leave behind on a server, as text."""
    with server.connect() as connection:
        return str(connection.execute(STATE).fetchone())
