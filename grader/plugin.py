"""`pytest grader` as a plugin: the lanes, the `app` fixture, and from the checks' outcomes to a scorecard."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import integrity, terminal
from grader import rig as rigs
from grader.app import App
from grader.checking import CannotDrive, CheckFailed, Mark, NotApplicable, Outcome
from grader.database.server import Server
from grader.errors import GraderError
from grader.lanes import LANE, Lanes, mark_of, run_share, share_out
from grader.queries import NumQueries
from grader.races.storm import raise_a_storm
from grader.scheduling import replay
from grader.scorecard import Expected, Reported, Scorecard, check_id, task_name

CARD = pytest.StashKey[Scorecard]()
GROUND = pytest.StashKey[rigs.Ground]()
SERVER = pytest.StashKey[Server]()
LANES = pytest.StashKey[Lanes]()
REPLAY = pytest.StashKey[replay.Replay]()
PARTIAL = pytest.StashKey[bool]()
MOST_LANES = 3  # a lane costs two workers; more of them do not pay


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


# ---- collecting


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> Any:
    """Only what `@check` marks is a check."""
    if isinstance(getattr(obj, "check", None), Mark) and isinstance(collector, pytest.Module):
        return pytest.Function.from_parent(collector, name=name)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tasks that are not asked for; what is left is what must report."""
    wanted = config.getoption("task")
    known = sorted({_expected(item).task for item in items if _is_check(item)})
    unknown = sorted(set(wanted or ()) - set(known))
    if unknown and known:
        raise pytest.UsageError(f"--task: there is no task {unknown[0]!r}; there are {', '.join(known)}.")
    left_out = [i for i in items if _is_check(i) and wanted and _expected(i).task not in wanted]
    card = config.stash[CARD]
    if order := config.stash.get(REPLAY, None):
        left_out = _leave_out_other_scenes(items, left_out, order.scene)
        config.stash[PARTIAL] = True
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    for item in filter(_is_check, items):
        expected = _expected(item)
        card.expected[expected.id] = expected
        module = item.module  # type: ignore[attr-defined]
        card.titles[expected.task] = (module.__doc__ or "").strip().splitlines()[0]
        card.names[expected.task] = task_name(module.__name__)


def _leave_out_other_scenes(
    items: list[pytest.Item], left_out: list[pytest.Item], scene: str
) -> list[pytest.Item]:
    """What to leave out where one order of one scene is to be run."""
    checks = [item for item in items if _is_check(item)]
    scenes = sorted({name for item in checks for name in mark_of(item).scenes})
    if scene not in scenes:
        raise pytest.UsageError(f"--replay: there is no scene {scene!r}; there are {', '.join(scenes)}.")
    wanted = [item for item in checks if scene in mark_of(item).scenes and item not in left_out]
    return [item for item in items if item not in wanted[:1]]


def pytest_deselected(items: list[pytest.Item]) -> None:
    """A selection by -k leaves checks out that a verdict would need."""
    for item in items:
        card = item.config.stash[CARD]
        if _is_check(item) and _expected(item).id in card.expected:
            item.config.stash[PARTIAL] = True


def _is_check(item: pytest.Item) -> bool:
    return isinstance(getattr(getattr(item, "obj", None), "check", None), Mark)


def _expected(item: pytest.Item) -> Expected:
    function = item.obj  # type: ignore[attr-defined]
    task, identifier = check_id(function.__module__, function.__name__)
    sentence = " ".join((function.__doc__ or "").split())
    return Expected(identifier, task, function.check, sentence)


# ---- running


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Take the submission in, open the lanes, and close all of it whatever happens."""
    config = session.config
    items = [item for item in session.items if _is_check(item)]
    if config.option.collectonly or not items:
        return (yield)
    shares = share_out(items, _jobs(config))
    ground = lanes = None
    try:
        try:
            ground = config.stash[GROUND] = rigs.prepare(_submission(config))
            if len(shares) > 1 or not _interactive(config):
                lanes = config.stash[LANES] = Lanes(shares, run_share)
            server = config.stash[SERVER] = ground.start_server()
            if lanes is not None:
                lanes.tell(server)
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


def _jobs(config: pytest.Config) -> int:
    if _interactive(config):
        return 1
    asked: int | None = config.getoption("jobs")
    return asked if asked is not None else min(MOST_LANES, os.cpu_count() or 1)


def _interactive(config: pytest.Config) -> bool:
    """Whether somebody at a terminal wants to be inside the checks."""
    option = config.option
    return bool(option.usepdb or option.trace or option.capture == "no" or option.setupshow)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Show what a lane reports of a check; without lanes pytest runs it itself."""
    lanes = item.config.stash.get(LANES, None)
    if lanes is None or not _is_check(item):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in lanes.reports(item) or [_lost(item)]:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    for facts in lanes.facts:
        _note_facts(item.config, facts)
    return True


def _lost(item: pytest.Item) -> pytest.TestReport:
    """The report of a check whose lane ended without one."""
    found = Reported(Outcome.INCONCLUSIVE, "the grader's own process ended", "the check comes to an end", "")
    report = pytest.TestReport(item.nodeid, item.location, {}, "failed", found.observed, "call")
    report.grading = (_expected(item), found)  # type: ignore[attr-defined]
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
                "isolation": started.isolation,
                "findings": [],
                "observations": [{"text": str(storm), "seconds": storm.seconds}],
            }
            lane.send("facts", said) if lane else _note_facts(pytestconfig, said)
    finally:
        started.close()


def _wants_storm(config: pytest.Config, session: pytest.Session) -> bool:
    """Whether this process runs the checks of races."""
    lane = config.stash.get(LANE, None)
    items = lane.share.items if lane else [item for item in session.items if _is_check(item)]
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
    if probe and not rig.broken:
        findings += integrity.differences(_app(rig))
    return {"isolation": rig.isolation, "findings": findings, "observations": []}


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not _is_check(item):
        return report
    found = _reported(item, call, report)
    if found is None:
        return report
    expected = _expected(item)
    report.outcome = "passed" if found.outcome is Outcome.PASSED else "failed"
    report.grading = (expected, found)  # type: ignore[attr-defined]
    if found.outcome is not Outcome.PASSED:
        report.longrepr = terminal.explain(expected, found, item.config.option.verbose)
    return report


def _reported(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> Reported | None:
    """What a phase of a check says of it, or None where it says nothing."""
    error = call.excinfo.value if call.excinfo else None
    if error is None:
        if report.when != "call":
            return None
        app = getattr(item, "funcargs", {}).get("app")
        if not isinstance(app, App):
            return Reported(Outcome.PASSED)
        return Reported(Outcome.PASSED, "; ".join(app.notes), evidence=app.evidence, advice=tuple(app.advice))
    if isinstance(error, (KeyboardInterrupt, SystemExit, pytest.exit.Exception)):
        return None
    app = getattr(item, "funcargs", {}).get("app")
    if isinstance(app, App) and (trouble := app.trouble()):
        return Reported(Outcome.INCONCLUSIVE, trouble, "the check comes to an end", "Grade it again.")
    if isinstance(error, CheckFailed):
        return Reported(Outcome.FAILED, error.observed, error.expected, error.why, error.evidence)
    if isinstance(error, NotApplicable):
        return Reported(Outcome.PASSED, f"does not apply: {error}")
    if isinstance(error, CannotDrive):
        wanted = "the app starts and can be driven to where the check begins"
        return Reported(Outcome.ERROR, str(error), wanted, "What does not run can't be judged.")
    where = report.longreprtext.strip().splitlines()[-1] if report.longreprtext else ""
    return Reported(Outcome.INCONCLUSIVE, f"the grader failed: {error!r} {where}", "", "")


class Recorder:
    """Puts what the checks report on the scorecard."""

    def __init__(self, card: Scorecard) -> None:
        self._card = card

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        found: tuple[Expected, Reported] | None = getattr(report, "grading", None)
        if found is not None and (report.when != "teardown" or found[1].outcome is not Outcome.PASSED):
            self._card.reported[found[0].id] = found[1]


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    found = getattr(report, "grading", None)
    if found is None or report.passed:
        return None
    expected, reported = found
    if reported.outcome is Outcome.ERROR:
        return "failed", "E", "ERROR"
    if reported.outcome is Outcome.INCONCLUSIVE:
        return "failed", "?", "INCONCLUSIVE"
    if expected.mark.level == "distinction":
        return terminal.SHORT, "d", "SHORT OF DISTINCTION"
    return "failed", "F", "FAILED"


# ---- the end


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    config = session.config
    card = config.stash[CARD]
    if not card.expected or config.option.collectonly or exitstatus not in (0, 1):
        return
    score = config.getoption("score_json")
    if score:
        card.write(config.invocation_params.dir / score)
    if config.stash[PARTIAL]:
        failed = any(
            report.outcome is not Outcome.PASSED and card.expected[name].mark.level == "pass"
            for name, report in card.reported.items()
        )
        session.exitstatus = int(failed)
    else:
        session.exitstatus = int(card.overall == "fail")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    card = config.stash[CARD]
    terminal.show_shortcomings(terminalreporter)
    if REPLAY in config.stash:
        terminal.show_replays(card, terminalreporter)
    if card.expected and card.reported and not config.option.collectonly:
        terminal.summarise(card, terminalreporter, partial=config.stash[PARTIAL])
