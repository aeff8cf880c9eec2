"""Grades again and again: pytest, the grader and a database server stay up between two gradings.

Each grading is a fork of this process, so that nothing of one is left for the next, and the verdict is
`pytest grader`'s own.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import json
import os
import pkgutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from challenges.catalogue import CHECKOUT
from challenges.errors import InputError
from grader import checks, rig
from grader.database import contrib, embedded, tenant
from grader.database.installation import Starting
from grader.database.server import named_server
from grader.errors import GraderError
from grader.reaper import Reaper

INI = CHECKOUT / "grader" / "pytest.ini"
LINES_OF_TROUBLE = 3
GIVE_BACK = sql.SQL("ALTER DATABASE {} OWNER TO {}").format(
    sql.Identifier(contrib.DATABASE), sql.Identifier(contrib.OWNER)
)


class Running(Starting):
    """A server that is up already, and whose process is not this one's child, to be asked after."""

    def wait(self) -> None:
        """It is up."""


class WarmGrader:
    """Use as a context: the server ends with it, however this process ends."""

    def __enter__(self) -> WarmGrader:
        try:
            self._warm = None if named_server() else self._start()
        except GraderError as error:
            raise InputError(f"{error}") from error
        for found in pkgutil.iter_modules(checks.__path__):
            importlib.import_module(f"{checks.__name__}.{found.name}")
        for part in ("collecting", "plugin", "reporting"):
            importlib.import_module(f"grader.{part}")
        return self

    def _start(self) -> Running:
        self._root = Path(tempfile.mkdtemp(prefix="grader-"))
        self._root.chmod(0o711)
        self._reaper = Reaper()
        self._reaper.folder(self._root)
        starting = embedded.start(self._root, rig.CACHE, self._reaper)
        starting.wait()
        return Running(*(getattr(starting, part.name) for part in dataclasses.fields(starting)))

    def __exit__(self, *_: object) -> None:
        if self._warm is not None:
            self._reaper.close()

    def grade(self, tree: Path, task: str) -> dict[str, Any]:
        """The scorecard of a tree for one task. Raises InputError where it can't be graded at all."""
        with tempfile.TemporaryDirectory(prefix="watch-") as scratch:
            score, said = Path(scratch) / "score.json", Path(scratch) / "said"
            pid = os.fork()
            if pid == 0:
                self._be_the_grading(tree, task, score, said)
            os.waitpid(pid, 0)
            self._forget_databases()
            if not score.exists():
                lines = [line for line in said.read_text(errors="replace").splitlines() if line.strip()]
                trouble = " ".join(lines[-LINES_OF_TROUBLE:]) or "the grading ended"
                raise InputError(f"{tree} can't be graded: {trouble}")
            card: dict[str, Any] = json.loads(score.read_text())
            return card

    def _be_the_grading(self, tree: Path, task: str, score: Path, said: Path) -> None:
        """Live as `pytest grader`; never returns."""
        code = 1
        with contextlib.suppress(BaseException):
            os.chdir(CHECKOUT)
            out = os.open(said, os.O_WRONLY | os.O_CREAT, 0o600)
            os.dup2(out, 1)
            os.dup2(out, 2)
            sys.argv[1:] = []
            if (warm := self._warm) is not None:
                embedded.start = lambda root, cache, reaper: warm
            words = [f"--task={task}", f"--submission={tree}", f"--score-json={score}", "-q"]
            code = int(pytest.main(["-c", str(INI), f"--rootdir={INI.parent}", str(INI.parent), *words]))
        os._exit(code)

    def _forget_databases(self) -> None:
        """Drop the databases of the grading that has ended; on a named server it does so itself."""
        if self._warm is None:
            return
        server = self._warm.server
        with server.connect() as connection:
            # Handing a copy of it over hands it over, too: see contrib.hand_over.
            connection.execute(GIVE_BACK)
            found = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s",
                [tenant.PREFIX, contrib.DATABASE],
            ).fetchall()
        for (name,) in found:
            with contextlib.suppress(GraderError):
                tenant.drop(server, name)
