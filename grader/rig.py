"""Everything one submission is graded on: database, wire, workers A and B; started and stopped as one.

What all lanes of a run share is its `Ground`; each lane has a `Rig` of its own upon it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader import intake, requirements
from grader.database import contrib, embedded, tenant
from grader.database.inspector import Inspector
from grader.database.installation import Starting
from grader.database.server import Server, named_server
from grader.reaper import Reaper
from grader.scheduling.footprint import Catalogue
from grader.wire.proxy import Wire
from grader.wire.upstream import Upstream
from grader.workers import sandbox
from grader.workers.limits import Limits
from grader.workers.places import Place
from grader.workers.worker import SubmissionError, Worker, WorkerLost

CHECKOUT = Path(__file__).resolve().parent.parent
CACHE = CHECKOUT / ".cache"
NAMES = ("A", "B")
MOST_LOSSES = 8  # of workers, before a lane tries no more: each may take as long as a call
SERVER_PATIENCE = 30.0  # seconds that a lane waits for the server, which is watched by the run itself


@dataclass
class Ground:
    """A submission as it was taken in, and the server to grade it on; all that is removed at the end."""

    root: Path
    reaper: Reaper
    limits: Limits = field(default_factory=Limits)
    isolation: str = sandbox.PROCESS
    packages: Path | None = None  # what it requires beside the kit's own, where that was to be installed
    brought: intake.Taken = field(default_factory=intake.Taken)
    name: str = field(default_factory=tenant.new_name)  # what the names of its databases begin with
    embedded: Starting | None = None
    named: Server | None = None
    lent: Starting | None = None  # an embedded server that is up already, and that its owner clears up

    def start_server(self) -> Server:
        """Start an embedded server, or take the one that was lent or named. Raises DatabaseError."""
        if self.named is not None:
            return self.named
        if self.lent is not None:
            self.lent.watch(self.reaper, int(self.limits.database))
            return self.lent.server
        self.embedded = embedded.start(self.root, CACHE, self.reaper)
        self.embedded.watch(self.reaper, int(self.limits.database))
        return self.embedded.server

    def hint(self, error: Exception) -> str:
        """What to do about an import that is missing, where the submission's requirements ask for it."""
        if not (isinstance(error, SubmissionError) and error.type == "ModuleNotFoundError"):
            return ""
        if self.packages is not None or not (absent := requirements.absent(self.brought.requirements)):
            return ""
        return (
            f". Its {requirements.FILE} asks for {', '.join(absent)}, not installed here: "
            "grade it with --install-requirements"
        )

    @property
    def taken(self) -> Path:
        return self.root / "taken"

    def tenant(self, lane: int) -> str:
        """The name of a lane's database."""
        return f"{self.name}_{lane}"

    def wait(self) -> None:
        """Wait until an embedded server is up. Raises DatabaseError."""
        if self.embedded is not None:
            self.embedded.wait()

    def close(self, lanes: int = 1) -> None:
        """Drop the databases of a named server; the rest is the reaper's."""
        if self.named is not None:
            for lane in range(lanes):
                tenant.drop(self.named, self.tenant(lane))
        self.reaper.close()


def prepare(
    source: Path,
    limits: Limits | None = None,
    isolation: str = "best",
    *,
    install: bool = False,
    lent: Starting | None = None,
) -> Ground:
    """Take a submission in; `lent` is a server for it, else one is started. Raises InputError,
    DatabaseError for a named server that can't be used, and GraderError where the isolation is not to be had.

    Starts no thread, so that the process may fork after it.
    """
    chosen = sandbox.choose(isolation)
    root = Path(tempfile.mkdtemp(prefix="grader-"))
    root.chmod(0o711)
    ground = Ground(root, Reaper(), limits or Limits(), chosen, lent=lent)
    ground.reaper.folder(root)
    ground.reaper.notes(root)
    try:
        ground.brought = intake.take(source, ground.taken)
        if install:
            ground.packages = requirements.install(ground.brought.requirements, CACHE)
        ground.named = named_server()
        if ground.named is not None:
            tenant.sweep(ground.named)
    except BaseException:
        ground.reaper.close()
        raise
    return ground


@dataclass
class Rig:
    """A submission, running. `broken` says in one line why it could not be started, if so."""

    ground: Ground
    lane: int
    wire: Wire = field(default_factory=Wire)
    workers: dict[str, Worker] = field(default_factory=dict)
    inspector: Inspector | None = None
    broken: str = ""
    missing_migrations: list[str] = field(default_factory=list)
    catalogue: Catalogue | None = None  # of the tables as they are after the migrations
    remembers_calls: bool = False  # the app counts calls where a new process finds the count
    done: dict[str, Any] = field(default_factory=dict)  # what is done once for all checks: by name
    explored: dict[str, Any] = field(default_factory=dict)  # scenes whose every order was run: by name

    def worker(self, name: str) -> Worker:
        """A worker that is loaded and idle; started where it never was, was lost, or is still at a call."""
        worker = self.workers[name]
        if (losses := sum(w.losses for w in self.workers.values())) >= MOST_LOSSES:
            raise WorkerLost(f"was ended {losses} times for hanging or crashing; nothing further is tried")
        if worker.busy:
            worker.stop()
        if not worker.pid:
            if self.inspector is not None:  # what a lost worker has begun in the database would go on
                live = [link.pid for link in self.wire.links]
                self.inspector.end_sessions(but=live, only_busy=True)
            worker.start()
            worker.load()
        return worker

    def close(self) -> None:
        """Stop all that is this rig's own."""
        for worker in self.workers.values():
            worker.stop()
        self.wire.close()
        if self.inspector is not None:
            self.inspector.close()


def start(ground: Ground, server: Callable[[], Server], lane: int = 0, *, both: bool = True) -> Rig:
    """Start the submission; worker B too where `both`, else when it is first asked for.

    `server` gives the database server, and is asked once the workers are on their way.
    Raises DatabaseError. What is wrong with the submission itself does not raise: it is in `broken`.
    """
    rig = Rig(ground, lane)
    try:
        _start(rig, server, both)
    except BaseException:
        rig.close()
        raise
    return rig


def _start(rig: Rig, known_server: Callable[[], Server], both: bool) -> None:
    for name in NAMES:
        _make_worker(rig, name)
    at_once = list(rig.workers.values()) if both else [rig.workers["A"]]
    for worker in at_once:
        worker.start()
    server = known_server()
    server.wait_until_up(SERVER_PATIENCE)
    suits = False
    try:
        for worker in at_once:
            worker.load()
        apps = rig.workers["A"].ask("apps")
        suits = contrib.suits(apps["names"], apps["user_model"], apps["moved"])
    except (SubmissionError, WorkerLost) as error:
        rig.broken = f"The app does not start: {error}{rig.ground.hint(error)}"
    made = tenant.create(server, rig.ground.tenant(rig.lane), with_contrib=suits and not rig.ground.named)
    rig.wire.connect_to(Upstream(server.host, server.port, made.role, made.password, made.database))
    rig.inspector = Inspector(made)
    if not rig.broken:
        _migrate(rig)


def _migrate(rig: Rig) -> None:
    assert rig.inspector is not None
    try:
        rig.missing_migrations = rig.workers["A"].ask("migrate", limit=2 * rig.ground.limits.start)["missing"]
        rig.inspector.spread_ids()
        rig.inspector.keep()
    except (SubmissionError, WorkerLost) as error:
        rig.broken = f"A migration fails: {error}"


def _make_worker(rig: Rig, name: str) -> None:
    ground = rig.ground
    folder = ground.root / f"{name}{rig.lane}"
    place = Place(ground.taken, folder / "app", folder / "sockets", folder / "home", ground.packages)
    for path in (place.sockets, place.home):
        path.mkdir(parents=True)
    if ground.isolation != sandbox.BUBBLEWRAP:  # which lets the worker make its copy in memory
        shutil.copytree(ground.taken, place.tree)
    rig.wire.listen(name, place.sockets / ".s.PGSQL.5432")
    rig.workers[name] = Worker(name, place, rig.wire, ground.reaper, ground.isolation, ground.limits)
