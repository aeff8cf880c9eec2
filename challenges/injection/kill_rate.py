"""The grader measured by its own kit: does it notice every bug that the operators can put into a healthy app?

Each site of each operator is injected alone. A site may be harmless: `equivalents.toml` says which, and why.
Or two layers guard one rule, and each alone suffices (the row lock and the constraint): then the bug is
injected together with the loss of the other layer, and must be noticed so.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from challenges.errors import InputError
from challenges.injection.checking import Report, Trial
from challenges.injection.inject import injected, sites_of
from challenges.injection.making import CHECKOUT, PACKAGES, REFERENCE, tasks, variants
from challenges.injection.project import Site, files, scan_file
from challenges.injection.project import numbered as with_numbers
from challenges.injection.writing import put, to_folder

KNOWN = Path(__file__).with_name("equivalents.toml")
HELD = CHECKOUT / ".cache" / "kill-rate"


@dataclass(frozen=True)
class Known:
    """A site that is known to survive alone: as it is harmless, or for another layer, the site `beside`."""

    operator: str
    symbol: str
    reason: str
    change: str = ""  # text of the change, where the operator has several sites in the symbol
    beside: str = ""

    def covers(self, site: Site) -> bool:
        return (site.operator, site.symbol) == (self.operator, self.symbol) and self.change in site.change


def known() -> list[Known]:
    return [Known(**entry) for entry in tomllib.loads(KNOWN.read_text(encoding="utf-8"))["known"]]


def kill_rate(
    root: Path = REFERENCE, *, jobs: int = 2, done: Callable[[Trial], None] = lambda trial: None
) -> Report:
    """Grade a healthy app with each bug in it, `jobs` at once. Raises InputError where it is no app."""
    if not all((root / package).is_dir() for package in PACKAGES):
        raise InputError(f"{root} is no app: it needs the folders {' and '.join(PACKAGES)}.")
    sites = sites_of(with_numbers([scan_file(str(root), path) for path in files(root)]))
    trials = []
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for trial in pool.map(lambda site: _try(root, site, sites), sites):
                trials.append(trial)
                done(trial)
        except BaseException:  # Ctrl-C does not wait for the sites that are left
            pool.shutdown(cancel_futures=True)
            raise
    return Report(trials)


def _try(root: Path, site: Site, sites: list[Site]) -> Trial:
    """Grade one bug; where it is not noticed and another layer is known, both."""
    entry = next((one for one in known() if one.covers(site)), None)
    changed = injected(root, site)
    killer = _killer(root, changed, site)
    outcome = "killed" if killer else "survived"
    if killer or entry is None:
        return Trial(site, outcome, "" if killer else _diff(root, changed), by=killer)
    if not entry.beside:
        return Trial(site, outcome, _diff(root, changed), reason=entry.reason)
    other = next((one for one in sites if f"{one.operator} {one.symbol}" == entry.beside), None)
    if other is None:
        raise InputError(
            f"{KNOWN.name}: {entry.operator} is known beside {entry.beside!r}, which is no site."
        )
    both = _killer(root, _together(root, site, other), site)
    return Trial(
        site, "killed" if both else "survived", _diff(root, changed), by=f"{both}, beside {other.name}"
    )


def _together(root: Path, site: Site, other: Site) -> dict[str, str]:
    """Both bugs in one tree: the second is looked for again where the first was injected."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "tree"
        first = injected(root, other)
        to_folder(root, first, copy)
        again = [one for one in sites_of([scan_file(str(copy), site.path)]) if _same(one, site)]
        if not again:
            raise InputError(f"{site.name} is no site any more beside {other.name}.")
        return first | injected(copy, again[0])


def _same(one: Site, site: Site) -> bool:
    return (one.operator, one.symbol, one.change) == (site.operator, site.symbol, site.change)


def _killer(root: Path, changed: dict[str, str], site: Site) -> str:
    """The first task whose verdict is no distinction any more, with a check that failed; or ""."""
    with tempfile.TemporaryDirectory(prefix="kill-rate-") as scratch:
        tree = Path(scratch) / "tree"
        to_folder(root, {}, tree)
        put(tree, changed)
        held = HELD / _key(tree)
        if held.exists():
            return held.read_text(encoding="utf-8")
        found = next((said for task in _likely(site) if (said := _graded(tree, task, Path(scratch)))), "")
    held.parent.mkdir(parents=True, exist_ok=True)
    held.write_text(found, encoding="utf-8")
    return found


def _likely(site: Site) -> list[str]:
    """The tasks' letters, first those whose own bugs are at that symbol or made with the operator."""

    def far(task: str) -> tuple[bool, bool, str]:
        bound = [binding for variant in variants(task) for binding in variant.bindings]
        near = [one for one in bound if one.symbol and site.symbol.startswith(one.symbol)]
        by_operator = any(one.operator == site.operator for one in bound)
        return not any(one.operator == site.operator for one in near), not (near or by_operator), task

    return [task[0] for task in sorted(tasks(), key=far)]


def _graded(tree: Path, task: str, scratch: Path) -> str:
    """A check of the task that fails, or ""."""
    score = scratch / f"{task}.json"
    command = [sys.executable, "-m", "pytest", "grader", "-q", "--jobs=1", f"--submission={tree}"]
    done = subprocess.run(
        [*command, "--task", task, "--score-json", str(score)], cwd=CHECKOUT, capture_output=True, text=True
    )
    if not score.exists():
        raise InputError(f"The grader gave no scorecard: {done.stdout[-300:]}{done.stderr[-300:]}")
    card = json.loads(score.read_text(encoding="utf-8"))["tasks"][task]
    failed = [check["id"] for check in card["checks"] if check["outcome"] in ("failed", "error")]
    return failed[0] if failed else ""


def _key(tree: Path) -> str:
    """A name for what a verdict depends on: the app and the grader."""
    digest = hashlib.sha256()
    for folder in (tree, CHECKOUT / "grader"):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:32]


def _diff(root: Path, changed: dict[str, str]) -> str:
    """What a bug changes, as a unified diff."""
    lines: list[str] = []
    for path, code in sorted(changed.items()):
        before = (root / path).read_text(encoding="utf-8")
        lines += difflib.unified_diff(before.splitlines(), code.splitlines(), path, path, n=2, lineterm="")
    return "\n".join(lines)
