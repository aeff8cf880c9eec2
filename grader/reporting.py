"""From what pytest says of a check to the scorecard, and from the scorecard to exit code and terminal."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from grader import terminal
from grader.app import App
from grader.checking import CannotDrive, CheckFailed, NotApplicable, Outcome
from grader.collecting import CARD, PARTIAL, REPLAY, expected_of, is_check
from grader.scorecard import Expected, Reported, Scorecard
from grader.workers.worker import SubmissionError, WorkerLost


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not is_check(item):
        return report
    found = _reported(item, call, report)
    if found is None:
        return report
    expected = expected_of(item)
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
    if isinstance(error, (WorkerLost, SubmissionError)):
        wanted = "the app answers"
        return Reported(Outcome.ERROR, f"the app {error}", wanted, "What does not run can't be judged.")
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
