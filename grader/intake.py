"""From what was handed in to a tree with nothing but `loans/` and `interview/`.

A submission is a folder, a zip, a tar archive or a git bundle. Nothing of it is run here, nothing is
written outside the target folder, and everything beside the two packages is left behind.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.archives import LEFT_OUT, MOST_BYTES, MOST_FILES, PACKAGES, REQUIREMENTS, Bounds, unpack
from grader.errors import InputError

__all__ = ["MOST_BYTES", "MOST_FILES", "Taken", "take"]

CHECKOUT = Path(__file__).resolve().parent.parent
LONGEST_REQUIREMENTS = 100_000  # bytes


@dataclass
class Taken:
    """What came along beside the two packages: the names that are not the kit's own, and the requirements."""

    others: list[str] = field(default_factory=list)
    requirements: str = ""


def take(source: Path, target: Path) -> Taken:
    """Copy the submission's two packages from `source` into the folder `target`.

    Raises InputError with one line where there is nothing that can be graded.
    """
    if not source.exists():
        raise InputError(f"There is no {source}: give a folder, .zip, .tar.gz or git bundle.")
    if source.is_dir():
        root = _root(source)
        _copy_packages(root, target)
        return _beside(root, _files_beside(root))
    unpacked = target.with_name(f"{target.name}-unpacked")
    unpacked.mkdir(parents=True)
    try:
        told = unpack(source, unpacked)
        root = _root(unpacked, shown=source)
        _copy_packages(root, target, shown=source)
        if root.name == "clone":  # of a git bundle
            return _beside(root, _files_beside(root))
        inside = f"{root.name}/" if root != unpacked else ""
        names = [(name.removeprefix("./").removeprefix(inside), size) for name, size in told]
        return _beside(root, iter(names))
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def _root(folder: Path, shown: Path | None = None) -> Path:
    """The folder that holds the two packages: this one, or the one folder in it."""
    candidates = [folder]
    inner = [p for p in folder.iterdir() if _is_folder(p) and not p.name.startswith((".", "__MACOSX"))]
    if len(inner) == 1:
        candidates += inner
    for candidate in candidates:
        if all(_is_folder(candidate / name) for name in PACKAGES):
            return candidate
    nearest = max(candidates, key=lambda c: sum(_is_folder(c / name) for name in PACKAGES))
    missing = [name for name in PACKAGES if not _is_folder(nearest / name)]
    raise InputError(
        f"{shown or folder} has no {'/ and no '.join(missing)}/ at its root (or in the one folder "
        "there): hand in the folder that holds both."
    )


def _is_folder(path: Path) -> bool:
    """A folder itself, and no link to somebody else's."""
    return path.is_dir() and not path.is_symlink()


def _copy_packages(root: Path, target: Path, shown: Path | None = None) -> None:
    bounds = Bounds(shown or root)
    for name in PACKAGES:
        for path in _walk(root / name):
            inside = path.relative_to(root)
            bounds.meet(inside.as_posix(), path.stat().st_size, wanted=True)
            place = target / inside
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        (target / name).mkdir(parents=True, exist_ok=True)


def _walk(folder: Path) -> Iterator[Path]:
    """The files below a folder; links, devices and what is made again are left out."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        for name in sorted(files):
            path = Path(here, name)
            if not path.is_symlink() and path.is_file() and path.suffix != ".pyc":
                yield path


def _files_beside(root: Path) -> Iterator[tuple[str, int]]:
    """Names and sizes of the files in the root and in the folders there, and of all in the two packages."""
    for path in sorted(root.iterdir()):
        if path.is_symlink() or path.name in LEFT_OUT:
            continue
        if path.is_dir():
            inside = (
                list(_walk(path)) if path.name in PACKAGES else [p for p in path.iterdir() if p.is_file()]
            )
        else:
            inside = [path]
        yield from ((p.relative_to(root).as_posix(), p.lstat().st_size) for p in inside)


def _beside(root: Path, names: Iterator[tuple[str, int]]) -> Taken:
    taken = Taken()
    if root.resolve() != CHECKOUT:
        taken.others = [name for name, size in names if name and not _is_of_the_kit(name, size)]
    if (path := root / REQUIREMENTS).is_file() and not path.is_symlink():
        with path.open("rb") as file:
            taken.requirements = file.read(LONGEST_REQUIREMENTS).decode(errors="replace")
    return taken


def _is_of_the_kit(name: str, size: int) -> bool:
    """Whether the kit itself has such a file: a candidate often hands in all of a checkout."""
    ours = CHECKOUT / name
    return ours.is_file() and ours.stat().st_size == size
