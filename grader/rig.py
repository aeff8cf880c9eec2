"""Everything one submission is graded on: database, wire, workers A and B; started and stopped as one."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from grader import intake
from grader.database import embedded, tenant
from grader.database.server import named_server
from grader.database.tenant import Inspector, Tenant
from grader.reaper import Reaper
from grader.wire.proxy import Upstream, Wire
from grader.workers.worker import SubmissionError, Worker, WorkerLost

CHECKOUT = Path(__file__).resolve().parent.parent
CACHE = CHECKOUT / ".cache"
NAMES = ("A", "B")


@dataclass
class Rig:
    """A submission, running. `broken` says in one line why it could not be started, if so."""

    root: Path
    reaper: Reaper
    wire: Wire
    workers: dict[str, Worker] = field(default_factory=dict)
    tenant: Tenant | None = None
    inspector: Inspector | None = None
    broken: str = ""
    missing_migrations: list[str] = field(default_factory=list)

    @property
    def isolation(self) -> str:
        return self.workers["A"].isolation

    def worker(self, name: str) -> Worker:
        """A worker that is loaded and idle; started again if it was lost or is still at a call."""
        worker = self.workers[name]
        if worker.busy:
            worker.stop()
        if not worker.pid:
            worker.start()
            worker.load()
        return worker

    def close(self) -> None:
        """Stop all of it. The database of a named server is dropped, the rest is the reaper's."""
        for worker in self.workers.values():
            worker.stop()
        self.wire.close()
        if self.inspector is not None:
            self.inspector.close()
        if self.tenant is not None and not self.tenant.server.host.startswith(str(self.root)):
            self.tenant.drop()
        self.reaper.close()


def start(source: Path) -> Rig:
    """Take a submission in and start it. Raises InputError and DatabaseError.

    What is wrong with the submission itself does not raise: it is in `broken`.
    """
    root = Path(tempfile.mkdtemp(prefix="grader-"))
    root.chmod(0o711)
    reaper = Reaper()
    reaper.folder(root)
    rig = Rig(root, reaper, Wire())
    try:
        _start(rig, source)
    except BaseException:
        rig.close()
        raise
    return rig


def _start(rig: Rig, source: Path) -> None:
    intake.take(source, rig.root / "taken")
    for name in NAMES:
        _make_worker(rig, name).start()
    server = named_server() or embedded.start(rig.root, CACHE, rig.reaper)
    made = rig.tenant = tenant.create(server)
    rig.wire.connect_to(Upstream(server.host, server.port, made.role, made.password, made.database))
    rig.inspector = Inspector(made)
    try:
        for worker in rig.workers.values():
            worker.load()
        rig.missing_migrations = rig.workers["A"].ask("migrate", limit=60)["missing"]
        rig.inspector.spread_ids()
    except (SubmissionError, WorkerLost) as error:
        rig.broken = f"The app does not start: {error}"


def _make_worker(rig: Rig, name: str) -> Worker:
    place = rig.root / name
    shutil.copytree(rig.root / "taken", place / "app")
    for folder in ("sockets", "home"):
        (place / folder).mkdir()
    rig.wire.listen(name, place / "sockets" / ".s.PGSQL.5432")
    worker = Worker(name, place / "app", place / "sockets", place / "home", rig.wire, rig.reaper)
    rig.workers[name] = worker
    return worker
