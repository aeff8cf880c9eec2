"""Injects bugs into any Django project, and measures how many of them its own tests notice."""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from challenges.errors import InputError
from challenges.injection.catalogue import operator
from challenges.injection.checking import Report, Trial, check
from challenges.injection.inject import injected, sites_of
from challenges.injection.project import Scan, Site, files, scan
from challenges.injection.tables import print_operators, print_report, print_sites
from challenges.injection.writing import to_branch, to_folder

HELP = "list the places of a Django project where a bug can be injected; inject some; try its tests on them"
EXAMPLE = 'python -m challenges inject ../shop --random 20 --seed 1 --check "pytest -q"'


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "path",
        nargs="?",
        metavar="PATH",
        help="the folder of a Django project; without it, the operators are listed",
    )
    add("--operator", metavar="NAME", help="only the sites of this operator")
    add("--site", type=int, metavar="N", help="only its site N, as the list numbers them")
    add("--level", choices=("mid", "senior"), help="only operators of this level")
    add("--random", type=int, metavar="K", help="K sites, drawn at random")
    add("--seed", type=int, default=0, metavar="S", help="draws the same sites each time (default: 0)")
    add("--tests", action="store_true", help="look into tests and migrations, too")
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="write the project with the bug to a new folder; many: one folder each",
    )
    add("--branch", metavar="NAME", help="or commit it to a new git branch; many: NAME-1, NAME-2, …")
    add(
        "--check",
        metavar="CMD",
        help="run this in a copy of the project, healthy and with each bug: the kill rate",
    )
    add("--json", type=Path, metavar="FILE", help="write the list or the kill rate as JSON, too")


def run(options: argparse.Namespace) -> int:
    console = Console()
    if options.path is None:
        print_operators(console)
        return 0
    _agree(options)
    root = Path(options.path)
    scans = _scanned(root, options.tests)
    sites = _chosen(scans, options)
    for one in scans:
        if one.skipped:
            print(f"{one.path} is left out, it does not parse: {one.skipped}", file=sys.stderr)
    if options.check:
        return _checked(console, root, sites, options)
    if options.out or options.branch:
        return _written(root, sites, options)
    print_sites(console, sites, sum(one.lines for one in scans), len(scans))
    _to_json(options.json, {"schema": 1, "sites": [vars(site) for site in sites]})
    return 0


def _agree(options: argparse.Namespace) -> None:
    """Raise InputError for options that say nothing together, before any work is done."""
    if options.site is not None and not options.operator:
        raise InputError("--site counts the sites of one operator: give --operator NAME, too.")
    if options.operator:
        operator(options.operator)
    if options.out and options.branch:
        raise InputError("Give --out or --branch, not both.")
    if options.out and options.out.exists():
        raise InputError(f"{options.out} exists already: give a folder that does not.")
    if options.random is not None and options.random < 1:
        raise InputError("--random takes a number of sites, 1 or more.")


def _scanned(root: Path, tests: bool) -> list[Scan]:
    paths = files(root, tests=tests)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("Looking for sites", total=len(paths))
        return scan(root, paths, lambda: progress.advance(bar))


def _chosen(scans: list[Scan], options: argparse.Namespace) -> list[Site]:
    sites = sites_of(scans, options.operator, options.site)
    if options.level:
        sites = [site for site in sites if operator(site.operator).level == options.level]
    if options.random is not None and options.random < len(sites):
        drawn = random.Random(options.seed).sample(sites, options.random)
        sites = sorted(drawn, key=lambda site: (site.operator, site.number))
    return sites


def _written(root: Path, sites: list[Site], options: argparse.Namespace) -> int:
    many = len(sites) > 1
    if many and options.random is None and not options.operator:
        raise InputError(
            f"There are {len(sites)} sites: choose with --operator NAME, --site N or --random K."
        )
    for number, site in enumerate(sites, 1):
        changed = injected(root, site)
        if options.out:
            name = options.out / f"{number:03}_{site.operator}" if many else options.out
            to_folder(root, changed, name)
        else:
            name = f"{options.branch}-{number}" if many else options.branch
            to_branch(root, changed, name, f"{site.operator} at {site.path}:{site.line}")
        print(f"{name}: {site.operator} at {site.path}:{site.line} ({', '.join(sorted(changed))})")
    return 0


def _checked(console: Console, root: Path, sites: list[Site], options: argparse.Namespace) -> int:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("Trying the tests on each bug", total=len(sites))

        def done(trial: Trial) -> None:
            progress.update(bar, advance=1, description=f"{trial.site.name}: {trial.outcome}")

        report: Report = check(root, sites, options.check, done)
    print_report(console, report)
    _to_json(options.json, report.as_json())
    return 0


def _to_json(file: Path | None, content: object) -> None:
    if file is not None:
        file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
