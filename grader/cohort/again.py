"""`python -m grader report RUN`: the reports once more from what is kept, weighed otherwise if wished."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.cohort import overview, results, rubric
from grader.cohort.command import RUN
from grader.cohort.compare import compare
from grader.cohort.options import reporting
from grader.cohort.results import Result
from grader.cohort.rubric import Rubric
from grader.errors import GraderError, InputError
from grader.reports.reading import card as reading
from grader.reports.reading.card import Card
from grader.reports.reading.edition import edition
from grader.reports.reading.formats import formats
from grader.reports.terminal import without_colours


def main(arguments: Sequence[str]) -> int:
    """Make the reports; 0 once they are made."""
    wanted = reporting().parse_args(arguments)
    try:
        weights = rubric.read(wanted.rubric) if wanted.rubric else Rubric()
        return _of_run(wanted, weights) if wanted.run.is_dir() else _of_scorecard(wanted, weights)
    except GraderError as error:
        print(f"grader: {error}", file=sys.stderr)
        return error.exit_code


def _of_scorecard(wanted: argparse.Namespace, weights: Rubric) -> int:
    """The views of one scorecard: printed, or written to --out."""
    card = reading.read(wanted.run)
    _check_names(weights, [card])
    for reader in wanted.readers or ["interviewer"]:
        shown = edition(rubric.apply(weights, card) if wanted.rubric else card, reader)
        for name in wanted.format or ["terminal"]:
            text = formats()[name].render(shown)
            if wanted.out:
                _write(wanted.out, name, reader, text)
            else:
                plain = not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR"))
                sys.stdout.write(without_colours(text) if plain else text)
    return 0


def _of_run(wanted: argparse.Namespace, weights: Rubric) -> int:
    """The views of each submission of a run, and the page that compares them."""
    found = kept(wanted.run)
    out = wanted.out or wanted.run
    for result in found:
        if result.has_scorecard:
            card = reading.read(wanted.run / result.name / results.SCORECARD)
            _check_names(weights, [card], ignored=set("abcde") - {task.letter for task in card.tasks})
            _write_all(wanted, rubric.apply(weights, card) if wanted.rubric else card, out / result.name)
    made = compare(wanted.run, found, weights if wanted.rubric else None)
    _make(out)
    results.replace_text(out / overview.PAGE, overview.render(wanted.run, made))
    results.replace_text(out / overview.TABLE, overview.table(made))
    print(f"{out / overview.PAGE}: {len(found)} submissions, weighed and written anew.")
    return 0


def kept(run: Path) -> list[Result]:
    """The results of a run. Raises InputError where there are none."""
    try:
        names = json.loads((run / RUN).read_text(encoding="utf-8"))["submissions"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{run} is no run: `python -m grader PATH… --out {run}` makes one.") from error
    found = [result for name in names if (result := results.read(run / str(name))) is not None]
    if not found:
        raise InputError(f"{run} has no results yet.")
    return sorted(found, key=lambda result: result.name)


def _check_names(weights: Rubric, cards: list[Card], ignored: set[str] | None = None) -> None:
    unknown = [
        name for name in rubric.unknown_names(weights, cards) if name.partition(".")[0] not in (ignored or ())
    ]
    if unknown:
        raise InputError(f"--rubric: there is no {unknown[0]} in the scorecards.")


def _write_all(wanted: argparse.Namespace, card: Card, folder: Path) -> None:
    for reader in wanted.readers or ["interviewer"]:
        for name in wanted.format or ["html"]:
            _write(folder, name, reader, formats()[name].render(edition(card, reader)))


def _write(folder: Path, name: str, reader: str, text: str) -> None:
    _make(folder)
    head = "candidate-" if reader == "candidate" else ""
    text = without_colours(text) if name == "terminal" else text
    results.replace_text(folder / f"{head}{formats()[name].file}", text)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} can't be written: {error.strerror}.") from error
