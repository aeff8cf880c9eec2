"""`pytest grader`: options, the `app` fixture, and from the checks' outcomes to a scorecard."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import rig as rigs
from grader import terminal
from grader.app import App
from grader.checking import (
    CannotDrive,
    CheckFailed,
    Inconclusive,
    Mark,
    NotApplicable,
    Outcome,
)
from grader.errors import GraderError
from grader.scorecard import Expected, Reported, Scorecard, check_id

CARD = pytest.StashKey[Scorecard]()
RIG = pytest.StashKey[rigs.Rig]()
PARTIAL = pytest.StashKey[bool]()
REPORT = pytest.StashKey[Reported]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if safe := safe_arguments(sys.argv[1:]):
        start_again(safe, pluginmanager)
    group = parser.getgroup("grading")
    group.addoption(
        "--submission",
        metavar="PATH",
        help="what to grade: a folder, .zip, .tar.gz or git bundle (default: this checkout)",
    )
    group.addoption(
        "--task",
        action="append",
        metavar="TASK",
        type=str.lower,
        help="grade only this task, a to e; may be given several times",
    )
    group.addoption("--score-json", metavar="FILE", help="write the scorecard to FILE")


def safe_arguments(arguments: list[str]) -> list[str]:
    """The same arguments with `--submission PATH` as one word, or nothing where that is so already.

    As two words pytest, which does not know the option yet, takes PATH for a test folder: it would read
    the submission's pytest.ini and import its conftest.py into this process.
    """
    changed = list(arguments)
    for place, word in enumerate(changed[:-1]):
        if word == "--submission":
            changed[place : place + 2] = [f"--submission={changed[place + 1]}"]
            return changed
    return []


def start_again(arguments: list[str], pluginmanager: pytest.PytestPluginManager) -> None:
    """Become a pytest with these arguments, before anything of the submission is imported."""
    if Path(sys.argv[0]).name not in ("pytest", "py.test", "__main__.py"):
        return  # called from a program, whose process is not ours to replace
    capture = pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.stop_global_capturing()
    ini = Path(__file__).with_name("pytest.ini")
    options = ["-c", str(ini), f"--rootdir={ini.parent}"]
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *options, *arguments])


def pytest_configure(config: pytest.Config) -> None:
    path = Path(config.getoption("submission") or rigs.CHECKOUT)
    if not path.is_absolute():
        path = config.invocation_params.dir / path
    card = Scorecard(_name(path))
    config.stash[CARD] = card
    config.stash[PARTIAL] = False
    score = config.getoption("score_json")
    if score and not (config.invocation_params.dir / score).parent.is_dir():
        raise pytest.UsageError(f"--score-json: there is no folder {Path(score).parent}: make it first.")


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
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    card = config.stash[CARD]
    for item in filter(_is_check, items):
        expected = _expected(item)
        card.expected[expected.id] = expected
        card.titles[expected.task] = (item.module.__doc__ or "").strip().splitlines()[0]  # type: ignore[attr-defined]


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


@pytest.fixture(scope="session")
def rig(pytestconfig: pytest.Config) -> Iterator[rigs.Rig]:
    """The submission, started once for all checks and stopped at the end."""
    path = Path(pytestconfig.getoption("submission") or rigs.CHECKOUT)
    if not path.is_absolute():
        path = pytestconfig.invocation_params.dir / path
    try:
        started = rigs.start(path)
    except GraderError as error:
        pytest.exit(f"grader: {error}", returncode=error.exit_code)
    card = pytestconfig.stash[CARD]
    card.isolation = started.isolation
    if started.missing_migrations:
        card.findings.append(
            {
                "text": "`makemigrations --check` fails: the models changed and no migration came along; "
                "one was made for grading",
                "details": started.missing_migrations,
                "interference": False,
            }
        )
    try:
        yield started
    finally:
        started.close()


@pytest.fixture
def app(rig: rigs.Rig) -> App:
    """The running submission, with nothing in its tables."""
    if rig.broken:
        raise CannotDrive(rig.broken)
    scene = App(rig)
    scene.inspector.clear()
    return scene


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
    card = item.config.stash[CARD]
    if report.when != "teardown" or found.outcome is not Outcome.PASSED:
        card.reported[expected.id] = found
    report.outcome = "passed" if found.outcome is Outcome.PASSED else "failed"
    report.grading = (expected, found)  # type: ignore[attr-defined]
    if found.outcome is not Outcome.PASSED:
        report.longrepr = terminal.explain(expected, found, item.config.option.verbose)
    return report


def _reported(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> Reported | None:
    """What a phase of a check says of it, or None where it says nothing."""
    error = call.excinfo.value if call.excinfo else None
    if error is None:
        app = getattr(item, "funcargs", {}).get("app")
        note = "; ".join(app.notes) if isinstance(app, App) else ""
        return Reported(Outcome.PASSED, note) if report.when == "call" else None
    if isinstance(error, (KeyboardInterrupt, SystemExit, pytest.exit.Exception)):
        return None
    if isinstance(error, CheckFailed):
        return Reported(Outcome.FAILED, error.observed, error.expected, error.why, error.evidence)
    if isinstance(error, NotApplicable):
        return Reported(Outcome.PASSED, f"does not apply: {error}")
    if isinstance(error, CannotDrive):
        wanted = "the app starts and can be driven to where the check begins"
        return Reported(Outcome.ERROR, str(error), wanted, "What does not run can't be judged.")
    if isinstance(error, Inconclusive):
        return Reported(Outcome.INCONCLUSIVE, str(error), "the check comes to an end", "")
    where = report.longreprtext.strip().splitlines()[-1] if report.longreprtext else ""
    return Reported(Outcome.INCONCLUSIVE, f"the grader failed: {error!r} {where}", "", "")


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
        return "short of distinction", "d", "SHORT OF DISTINCTION"
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
    if card.expected and card.reported and not config.option.collectonly:
        terminal.summarise(card, terminalreporter, partial=config.stash[PARTIAL])


if str(rigs.CHECKOUT) not in sys.path:
    sys.path.insert(0, str(rigs.CHECKOUT))
