"""`pytest grader` as a plugin: its settings, the lanes, and the fixtures that checks take.

`collecting.py` says which checks run, `reporting.py` what comes of them.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import integrity
from grader import rig as rigs
from grader.app import App
from grader.checking import CannotDrive, Outcome
from grader.collecting import CARD, PARTIAL, REPLAY, expected_of, is_check
from grader.database.inspector import Inspector
from grader.database.installation import Starting
from grader.database.lies import lies
from grader.database.server import Server
from grader.errors import GraderError
from grader.lanes import LANE, Lanes, run_share
from grader.queries import NumQueries
from grader.races.storm import raise_a_storm
from grader.reporting import Recorder
from grader.scheduling import replay
from grader.scorecard import Reported, Scorecard
from grader.scrutiny import remark, remarks, unused
from grader.shares import mark_of, share_out
from grader.workers.limits import Limits

GROUND = pytest.StashKey[rigs.Ground]()
SERVER = pytest.StashKey[Server]()
LANES = pytest.StashKey[Lanes]()
LIMITS = pytest.StashKey[Limits]()
MOST_LANES = 3  # a lane costs two workers; more of them do not pay


class Lender:
    """A further plugin, which lends a database server that is up already (see `cohort/child.py`)."""

    def __init__(self, server: Starting | None) -> None:
        self.server = server


def pytest_configure(config: pytest.Config) -> None:
    card = Scorecard(_name(_submission(config)))
    config.stash[CARD] = card
    config.pluginmanager.register(Recorder(card))
    config.stash[PARTIAL] = False
    score = config.getoption("score_json")
    if score and not (config.invocation_params.dir / score).parent.is_dir():
        raise pytest.UsageError(f"--score-json: there is no folder {Path(score).parent}: make it first.")
    if (config.getoption("jobs") or 1) < 1:
        raise pytest.UsageError("--jobs: give a number of 1 or more.")
    try:
        config.stash[LIMITS] = Limits().changed(config.getoption("limit") or ())
    except ValueError as error:
        raise pytest.UsageError(f"--limit: {error}.") from error
    if text := config.getoption("replay"):
        try:
            config.stash[REPLAY] = replay.parse(text)
        except ValueError as error:
            raise pytest.UsageError(f"--replay: {error}.") from error


def _name(path: Path) -> str:
    name = path.resolve().name
    for ending in (".zip", ".tar.gz", ".tgz", ".tar", ".bundle"):
        name = name.removesuffix(ending)
    return name


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Take the submission in, open the lanes, and close all of it whatever happens."""
    config = session.config
    items = [item for item in session.items if is_check(item)]
    if config.option.collectonly or not items:
        return (yield)
    shares = share_out(items, _jobs(config))
    ground = lanes = None
    try:
        try:
            ground = config.stash[GROUND] = rigs.prepare(
                _submission(config),
                config.stash[LIMITS],
                config.getoption("isolation"),
                install=config.getoption("install_requirements"),
                lent=_lent(config),
            )
            if len(shares) > 1 or not _interactive(config):
                lanes = config.stash[LANES] = Lanes(shares, run_share)
                lanes.end_after(config.stash[LIMITS].run)
            server = config.stash[SERVER] = ground.start_server()
            if lanes is not None:
                lanes.tell(server)
            config.stash[CARD].findings += [*unused(ground.brought.others), *remarks(ground.taken)]
            ground.wait()
        except GraderError as error:
            pytest.exit(f"grader: {error}", returncode=error.exit_code)
        return (yield)
    finally:
        if lanes is not None:
            lanes.close()
        if ground is not None:
            ground.close(len(shares))


def _submission(config: pytest.Config) -> Path:
    path = Path(config.getoption("submission") or rigs.CHECKOUT)
    return path if path.is_absolute() else config.invocation_params.dir / path


def _lent(config: pytest.Config) -> Starting | None:
    lenders = [plugin for plugin in config.pluginmanager.get_plugins() if isinstance(plugin, Lender)]
    return lenders[0].server if lenders else None


def _jobs(config: pytest.Config) -> int:
    if _interactive(config):
        return 1
    asked: int | None = config.getoption("jobs")
    if asked is not None:
        return asked
    return min(MOST_LANES, (os.cpu_count() or 1) + 1)  # one of them sleeps now and then


def _interactive(config: pytest.Config) -> bool:
    """Whether somebody at a terminal wants to be inside the checks."""
    option = config.option
    return bool(option.usepdb or option.trace or option.capture == "no" or option.setupshow)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Show what a lane reports of a check; without lanes pytest runs it itself."""
    lanes = item.config.stash.get(LANES, None)
    if lanes is None or not is_check(item):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in lanes.reports(item) or [_lost(item, lanes.over)]:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    for facts in lanes.facts:
        _note_facts(item.config, facts)
    return True


def _lost(item: pytest.Item, over: str) -> pytest.TestReport:
    """The report of a check whose lane ended without one; `over` says why, if it had to end."""
    found = Reported(Outcome.INCONCLUSIVE, "the grader's own process ended", "the check comes to an end", "")
    if over:
        found = Reported(Outcome.ERROR, over, "the check comes to an end", "What hangs can't be judged.")
    report = pytest.TestReport(item.nodeid, item.location, {}, "failed", found.observed, "call")
    report.grading = (expected_of(item), found)  # type: ignore[attr-defined]
    return report


def _note_facts(config: pytest.Config, facts: dict[str, Any]) -> None:
    """Put on the scorecard what a rig tells beside its checks; each finding once."""
    card = config.stash[CARD]
    card.isolation = facts["isolation"]
    card.observations += [said for said in facts["observations"] if said not in card.observations]
    card.findings += [finding for finding in facts["findings"] if finding not in card.findings]


@pytest.fixture(scope="session")
def rig(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Iterator[rigs.Rig]:
    """The submission, started once for all checks of a lane and stopped at the end."""
    lane = pytestconfig.stash.get(LANE, None)
    ground = pytestconfig.stash[GROUND]
    try:
        if lane:
            started = rigs.start(ground, lane.server, lane.number, both=lane.share.both)
        else:
            started = rigs.start(ground, lambda: pytestconfig.stash[SERVER])
    except GraderError as error:
        pytest.exit(f"grader: {error}", returncode=error.exit_code)
    try:
        facts = _facts(started, probe=lane is None or lane.share.probes)
        if lane:
            lane.send("facts", facts)
        else:
            _note_facts(pytestconfig, facts)
        yield started
        if _wants_storm(pytestconfig, request.session) and (storm := raise_a_storm(_app(started))):
            said = {
                "isolation": started.ground.isolation,
                "findings": [],
                "observations": [{"text": str(storm), "seconds": storm.seconds}],
            }
            lane.send("facts", said) if lane else _note_facts(pytestconfig, said)
        if not started.broken and (findings := _late_findings(started)):
            said = {"isolation": started.ground.isolation, "findings": findings, "observations": []}
            lane.send("facts", said) if lane else _note_facts(pytestconfig, said)
    finally:
        started.close()


def _late_findings(rig: rigs.Rig) -> list[dict[str, Any]]:
    """What can be told only once the checks have run."""
    inspector = _inspector(rig)
    found = lies(inspector)
    if inspector.disturbed:
        found.append(
            remark(
                "a session of the app waits for a lock or holds one after its call, so that the grader could "
                "not get at the tables; it was ended"
            )
        )
    return found


def _inspector(rig: rigs.Rig) -> Inspector:
    assert rig.inspector is not None
    return rig.inspector


def _wants_storm(config: pytest.Config, session: pytest.Session) -> bool:
    """Whether this process runs the checks of races."""
    lane = config.stash.get(LANE, None)
    items = lane.share.items if lane else [item for item in session.items if is_check(item)]
    return not config.stash[PARTIAL] and any("same" in mark_of(item).scenes for item in items)


def _app(rig: rigs.Rig, order: replay.Replay | None = None) -> App:
    """The running submission, with nothing in its tables."""
    made = App(rig, rig.wire.mark(), order)
    made.inspector.clear()
    return made


def _facts(rig: rigs.Rig, *, probe: bool) -> dict[str, Any]:
    """What a rig tells of the submission beside its checks: how it is isolated, and findings."""
    findings: list[dict[str, Any]] = []
    if rig.missing_migrations:
        findings.append(
            {
                "text": "`makemigrations --check` fails: the models changed and no migration came along; "
                "one was made for grading",
                "details": rig.missing_migrations,
                "interference": False,
            }
        )
    if not rig.broken:
        findings += lies(_inspector(rig))
    if probe and not rig.broken:
        findings += integrity.differences(_app(rig))
    return {"isolation": rig.ground.isolation, "findings": findings, "observations": []}


@pytest.fixture
def app(rig: rigs.Rig, pytestconfig: pytest.Config) -> App:
    """The running submission, with nothing in its tables."""
    if rig.broken:
        raise CannotDrive(rig.broken)
    return _app(rig, pytestconfig.stash.get(REPLAY, None))


@pytest.fixture
def assert_num_queries(app: App) -> NumQueries:
    """pytest-django's, counted on the wire."""
    return NumQueries(app)
