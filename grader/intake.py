"""From what was handed in to a tree with nothing but `loans/` and `interview/`.

A submission is a folder, a zip, a tar archive or a git bundle. Nothing of it is run here, nothing is
written outside the target folder, and everything beside the two packages is left behind.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader.errors import InputError

PACKAGES = ("loans", "interview")
LEFT_OUT = {"__pycache__", ".git", ".venv", "venv", "node_modules", ".mypy_cache", ".pytest_cache"}
MOST_FILES = 2_000
MOST_BYTES = 50 * 2**20


def take(source: Path, target: Path) -> None:
    """Copy the submission's two packages from `source` into the folder `target`.

    Raises InputError with one line where there is nothing that can be graded.
    """
    if not source.exists():
        raise InputError(f"There is no {source}: give a folder, .zip, .tar.gz or git bundle.")
    if source.is_dir():
        _copy_packages(_root(source), target)
        return
    unpacked = target.with_name(f"{target.name}-unpacked")
    unpacked.mkdir(parents=True)
    try:
        _unpack(source, unpacked)
        _copy_packages(_root(unpacked, shown=source), target)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def _root(folder: Path, shown: Path | None = None) -> Path:
    """The folder that holds the two packages: this one, or the one folder in it."""
    candidates = [folder]
    inner = [p for p in folder.iterdir() if p.is_dir() and not p.name.startswith((".", "__MACOSX"))]
    if len(inner) == 1:
        candidates += inner
    for candidate in candidates:
        if all((candidate / name).is_dir() for name in PACKAGES):
            return candidate
    missing = [name for name in PACKAGES if not (candidates[-1] / name).is_dir()]
    raise InputError(
        f"{shown or folder} has no {'/ and no '.join(missing)}/ at its root (or in the one folder "
        "there): hand in the folder that holds both."
    )


def _copy_packages(root: Path, target: Path) -> None:
    files = size = 0
    for name in PACKAGES:
        for path in _walk(root / name):
            files, size = files + 1, size + path.stat().st_size
            if files > MOST_FILES or size > MOST_BYTES:
                raise InputError(
                    f"{root} is too large to be a fix of this app: more than {MOST_FILES} files "
                    f"or {MOST_BYTES // 2**20} MB in loans/ and interview/."
                )
            place = target / path.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in LEFT_OUT or path.suffix == ".pyc":
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


def _unpack(source: Path, target: Path) -> None:
    try:
        if zipfile.is_zipfile(source):
            _unpack_zip(source, target)
        elif tarfile.is_tarfile(source):
            _unpack_tar(source, target)
        elif source.open("rb").read(16).startswith(b"# v"):
            _unpack_bundle(source, target)
        else:
            raise InputError(f"{source} is no folder, .zip, .tar.gz or git bundle.")
    except (OSError, zipfile.BadZipFile, tarfile.TarError, RuntimeError, EOFError) as error:
        raise InputError(f"{source} can't be unpacked: {error}") from error


def _wanted(name: str) -> bool:
    """Whether an archive's member may be written: inside, and part of one of the two packages."""
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and not name.startswith("/")
        and ".." not in parts
        and any(part in PACKAGES for part in parts[:2])
        and not LEFT_OUT.intersection(parts)
    )


def _check_bounds(source: Path, sizes: list[int]) -> None:
    if len(sizes) > MOST_FILES or sum(sizes) > MOST_BYTES:
        raise InputError(
            f"{source} is too large to be a fix of this app: {len(sizes)} files, "
            f"{sum(sizes) // 2**20} MB; at most {MOST_FILES} and {MOST_BYTES // 2**20} MB."
        )


def _unpack_zip(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as archive:
        members = [
            m
            for m in archive.infolist()
            if _wanted(m.filename) and not m.is_dir() and not stat.S_ISLNK(m.external_attr >> 16)
        ]
        _check_bounds(source, [m.file_size for m in members])
        for member in members:
            place = target / member.filename
            place.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as packed:
                place.write_bytes(packed.read(member.file_size + 1)[: member.file_size])


def _unpack_tar(source: Path, target: Path) -> None:
    with tarfile.open(source) as archive:
        sizes: list[int] = []
        for member in archive:
            name = member.name.removeprefix("./")
            if not (member.isfile() and _wanted(name)):
                continue
            sizes.append(member.size)
            _check_bounds(source, sizes)
            packed = archive.extractfile(member)
            assert packed is not None
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(packed.read())


def _unpack_bundle(source: Path, target: Path) -> None:
    """Clone a bundle with hooks, filters and links off; a bundle of one branch may have no HEAD."""
    if shutil.which("git") is None:
        raise InputError(f"{source} is a git bundle, and there is no git here: install git.")
    heads = [line.split()[1] for line in _git(source, "bundle", "list-heads", str(source)).splitlines()]
    if not heads:
        raise InputError(f"{source} can't be cloned: there is no branch in it.")
    head = min(heads, key=lambda ref: (not ref.endswith(("HEAD", "/main", "/master")), ref))
    clone = ["-C", str(target / "clone")]
    _git(source, "init", "--quiet", "--template=", str(target / "clone"))
    _git(source, *clone, "fetch", "--quiet", str(source.resolve()), head)
    _git(source, *clone, "checkout", "--quiet", "--detach", "FETCH_HEAD")


def _git(source: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": os.environ.get("PATH", os.defpath), "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent"},
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["git said nothing"]
        raise InputError(f"{source} can't be cloned: {lines[-1]}")
    return done.stdout
