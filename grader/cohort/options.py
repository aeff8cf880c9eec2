"""What can be typed after `python -m grader`."""

from __future__ import annotations

import argparse
import os
import string
from pathlib import Path

from grader.reports.reading.edition import EDITIONS
from grader.reports.reading.formats import formats
from grader.rig import CHECKOUT

RUBRIC = "TOML with [points], [tasks] and [grades] to weigh by"
EPILOG = "`python -m grader report RUN` makes the reports of a run again, without running any code."


def grading() -> argparse.ArgumentParser:
    """`python -m grader PATH…`"""
    parser = argparse.ArgumentParser(
        prog="python -m grader", description="Grade submissions, and compare them.", epilog=EPILOG
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a folder, .zip, .tar.gz or git bundle"
    )
    parser.add_argument(
        "--task",
        action="append",
        type=_letter,
        default=[],
        metavar="TASK",
        help="grade only this task, a to e; may be given several times",
    )
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=usual_jobs(),
        metavar="N",
        help="how many submissions are graded at once (default: %(default)s)",
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where the results go (default: a new folder in runs/)"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run in --out: what it has graded is not graded again",
    )
    parser.add_argument(
        "--fail-under", type=_score, metavar="N", help="exit with 1 where a submission's score is below N"
    )
    parser.add_argument(
        "--time-limit",
        type=_positive,
        default=300,
        metavar="SECONDS",
        help="how long one submission may take (default: %(default)s)",
    )
    parser.add_argument(
        "--isolation",
        choices=("best", "strict", "user", "process"),
        help="as of `pytest grader`",
    )
    parser.add_argument(
        "--limit", action="append", default=[], metavar="NAME=NUMBER", help="as of `pytest grader`"
    )
    parser.add_argument("--install-requirements", action="store_true", help="as of `pytest grader`")
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="grade on a Dask cluster, as tcp://host:8786; needs requirements-cluster.txt",
    )
    parser.add_argument(
        "--baseline",
        type=Path,
        default=CHECKOUT,
        metavar="PATH",
        help="what was handed out, to show changes against (default: the app of this checkout)",
    )
    parser.add_argument("--rubric", type=Path, metavar="FILE", help=RUBRIC)
    _add_views(parser, default=["html"])
    return parser


def reporting() -> argparse.ArgumentParser:
    """`python -m grader report RUN`"""
    parser = argparse.ArgumentParser(
        prog="python -m grader report",
        description="Make the reports of a run again, without running any code.",
    )
    parser.add_argument("run", type=Path, metavar="RUN", help="a run's folder, or a scorecard")
    parser.add_argument("--rubric", type=Path, metavar="FILE", help=RUBRIC)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where they go (default: beside the scorecards; of one scorecard: printed)",
    )
    _add_views(parser, default=[])
    return parser


def _add_views(parser: argparse.ArgumentParser, default: list[str]) -> None:
    parser.add_argument(
        "--format",
        action="append",
        choices=sorted(formats()),
        default=[],
        help="a report to make of each submission; may be given several times "
        f"(default: {default[0] if default else 'html; of one scorecard: terminal'})",
    )
    parser.add_argument(
        "--for",
        action="append",
        dest="readers",
        choices=EDITIONS,
        default=[],
        help="for whom (default: interviewer); the candidate's edition has no mechanics",
    )


def usual_jobs() -> int:
    """A submission waits for its database and its own pauses a good part of the time."""
    return max(2, 2 * (os.cpu_count() or 1))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return int(text)


def _score(text: str) -> int:
    if not text.isdecimal() or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no score: 0 to 100")
    return int(text)


def _letter(text: str) -> str:
    letter = text.lower()
    if len(letter) != 1 or letter not in string.ascii_lowercase:
        raise argparse.ArgumentTypeError(f"{text!r} is no task: a letter")
    return letter
