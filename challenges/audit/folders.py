"""What is missing in `challenges/` and `solutions/`, or lies there and is unknown: one line a fault."""

from __future__ import annotations

import filecmp
from collections.abc import Iterable, Iterator
from pathlib import Path

from challenges.audit.cases import PACKAGES, TASK_FOLDERS

CHALLENGE_FILES = (
    "brief.md",
    "bug.py",
    "challenge.toml",
    "hints.md",
    "interviewer.md",
    "test_visible.py",
)
LEAST = {"alternatives": 6, "near_misses": 8}
GUIDE = "interview-guide.md"
OTHER_SOLUTIONS = {"reference", "mixes"}
LEFT_BEHIND = {"__pycache__"}  # by Python, not by people


def task_folders(root: Path) -> list[str]:
    """The ids of the tasks that have a folder in either place."""
    found = {path.name for place in ("challenges", "solutions") for path in (root / place).glob(TASK_FOLDERS)}
    return sorted(found)


def folder_faults(root: Path, tasks: Iterable[str]) -> Iterator[str]:
    """The faults of the folders of these tasks (ids), below the checkout `root`."""
    for task in tasks:
        yield from _challenge(root / "challenges" / task, root)
        yield from _solutions(root / "solutions" / task, root)
        if not (root / "grader" / "checks" / f"test_{task}.py").exists():
            yield f"grader/checks/test_{task}.py is missing: nothing would grade {task}."
    if not (root / "challenges" / GUIDE).is_file():
        yield f"challenges/{GUIDE} is missing."
    known = OTHER_SOLUTIONS | set(task_folders(root))
    yield from _unknown(root / "solutions", known, root)


def _challenge(folder: Path, root: Path) -> Iterator[str]:
    if not folder.is_dir():
        yield f"{_shown(folder, root)}/ is missing: each task folder in solutions/ mirrors one there."
        return
    yield from (
        f"{_shown(folder / name, root)} is missing."
        for name in CHALLENGE_FILES
        if not (folder / name).is_file()
    )
    yield from _unknown(folder, {*CHALLENGE_FILES, "__init__.py"}, root)


def _solutions(folder: Path, root: Path) -> Iterator[str]:
    if not folder.is_dir():
        yield f"{_shown(folder, root)}/ is missing: each challenge has its solutions there."
        return
    if not (folder / "why.md").is_file():
        yield f"{_shown(folder / 'why.md', root)} is missing."
    for kind, least in LEAST.items():
        cases = [path for path in _inside(folder / kind) if path.is_dir()]
        if len(cases) < least:
            yield f"{_shown(folder / kind, root)}/ holds {len(cases)} cases; at least {least} are needed."
    yield from _unknown(folder, {"why.md", *LEAST}, root)


def overlay_faults(case: Path, root: Path) -> Iterator[str]:
    """The faults of the files of one case: an overlay lies over `loans/` and `interview/` only."""
    if not (case / "case.toml").is_file():
        yield f"{_shown(case / 'case.toml', root)} is missing."
    if not any(path.is_file() for name in PACKAGES for path in (case / name).rglob("*.py")):
        yield f"{_shown(case, root)} changes nothing: put the files that differ below loans/ or interview/."
    yield from _unknown(case, {"case.toml", *PACKAGES}, root)
    for path in sorted(path for name in PACKAGES for path in (case / name).rglob("*.py")):
        same = root / path.relative_to(case)
        if same.is_file() and filecmp.cmp(path, same, shallow=False):
            yield f"{_shown(path, root)} is in the buggy app just so: an overlay holds what differs."


def case_folders(root: Path, tasks: Iterable[str], *, mixes: bool) -> list[Path]:
    """The folders of the cases of these tasks, and of the mixes where they are asked for."""
    kinds = [root / "solutions" / task / kind for task in tasks for kind in LEAST]
    kinds += [root / "solutions" / "mixes"] if mixes else []
    return [path for kind in kinds for path in _inside(kind)]


def _unknown(folder: Path, known: set[str], root: Path) -> Iterator[str]:
    yield from (
        f"{_shown(path, root)} is unknown there." for path in _inside(folder) if path.name not in known
    )


def _inside(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name not in LEFT_BEHIND)


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
