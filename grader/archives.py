"""Unpacking what strangers packed: nothing is written outside the target, nothing is run, all is bounded.

Only what may be part of the two packages is written at all; of the rest the names are kept.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.errors import InputError

PACKAGES = ("loans", "interview")
REQUIREMENTS = "requirements.txt"
LEFT_OUT = {"__pycache__", ".git", ".venv", "venv", "node_modules", ".mypy_cache", ".pytest_cache"}
MOST_FILES = 2_000
MOST_BYTES = 50 * 2**20
MOST_PACKED = 20 * 2**20  # bytes of an archive itself
MOST_MEMBERS = 20_000  # of an archive, with those that are not wanted
DEEPEST = 16  # folders in one another
GIT_PATIENCE = 60.0  # seconds


@dataclass
class Bounds:
    """What was met so far, of files that are wanted and of others. Raises InputError where it is too much."""

    source: Path
    files: int = 0
    size: int = 0
    members: int = 0
    seen: dict[str, str] = field(default_factory=dict)  # names as a file system sees them that knows no case

    def meet(self, name: str, size: int, *, wanted: bool) -> None:
        """Count one file, before it is read."""
        self.members += 1
        self.size += size
        if self.members > MOST_MEMBERS or self.size > (1 if wanted else 10) * MOST_BYTES:
            raise self._too_large()
        if wanted:
            self._meet_wanted(name)

    def _meet_wanted(self, name: str) -> None:
        self.files += 1
        if self.files > MOST_FILES or len(PurePosixPath(name).parts) > DEEPEST:
            raise self._too_large()
        other = self.seen.setdefault(name.casefold(), name)
        if other != name or self.files != len(self.seen):
            how = "differ in case only" if other != name else "are the same name"
            raise InputError(f"{self.source} is ambiguous: {other} and {name} {how}. Hand in one of them.")

    def _too_large(self) -> InputError:
        return InputError(
            f"{self.source} is too large to be a fix of this app: at most {MOST_FILES} files, "
            f"{MOST_BYTES // 2**20} MB and {DEEPEST} folders in one another."
        )


def unpack(source: Path, target: Path) -> list[tuple[str, int]]:
    """Unpack an archive; names and sizes of what it holds. Raises InputError with one line."""
    if source.stat().st_size > MOST_PACKED:
        raise InputError(
            f"{source} is too large to be a fix of this app: more than {MOST_PACKED // 2**20} MB packed."
        )
    try:
        if zipfile.is_zipfile(source):
            return _unpack_zip(source, target)
        if tarfile.is_tarfile(source):
            return _unpack_tar(source, target)
        if source.open("rb").read(16).startswith(b"# v"):
            _unpack_bundle(source, target)
            return []
        raise InputError(f"{source} is no folder, .zip, .tar.gz or git bundle.")
    except (OSError, ValueError, zipfile.BadZipFile, tarfile.TarError, RuntimeError, EOFError) as error:
        raise InputError(f"{source} can't be unpacked: {error}") from error
    except (MemoryError, NotImplementedError) as error:
        raise InputError(f"{source} can't be unpacked: {type(error).__name__}") from error


def is_wanted(name: str) -> bool:
    """Whether a file of this name may be written: inside, and of a package or the list of requirements."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or not name.isprintable():
        return False
    of_a_package = any(part in PACKAGES for part in parts[:2]) and not LEFT_OUT.intersection(parts)
    return of_a_package or (len(parts) <= 2 and parts[-1] == REQUIREMENTS)


def _unpack_zip(source: Path, target: Path) -> list[tuple[str, int]]:
    bounds, told = Bounds(source), []
    with zipfile.ZipFile(source) as archive:
        for member in archive.infolist():
            if member.is_dir() or stat.S_ISLNK(member.external_attr >> 16):
                continue
            told.append((member.filename, member.file_size))
            wanted = is_wanted(member.filename)
            bounds.meet(member.filename, member.file_size, wanted=wanted)
            if wanted:
                with archive.open(member) as packed:
                    _write(target / member.filename, packed.read(member.file_size))
    return told


def _unpack_tar(source: Path, target: Path) -> list[tuple[str, int]]:
    bounds, told = Bounds(source), []
    with tarfile.open(source) as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            wanted = member.isreg() and not member.issparse() and is_wanted(name)
            bounds.meet(name, max(0, member.size), wanted=wanted)
            if not member.isreg():
                continue
            told.append((name, member.size))
            packed = archive.extractfile(member) if wanted else None
            if packed is not None:
                _write(target / name, packed.read())
    return told


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


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
    bounds = Bounds(source)
    for line in _git(source, *clone, "ls-tree", "-r", "-l", "-z", "FETCH_HEAD").split("\0"):
        about, _, name = line.partition("\t")
        if name and (size := about.split()[-1]).isdigit():
            bounds.meet(name, int(size), wanted=is_wanted(name))
    _git(source, *clone, "checkout", "--quiet", "--detach", "FETCH_HEAD")


def _git(source: Path, *arguments: str) -> str:
    settings = (
        "core.hooksPath=/dev/null",
        "core.symlinks=false",
        "protocol.allow=never",
        "protocol.file.allow=always",
    )
    try:
        done = subprocess.run(
            ["git", *(part for setting in settings for part in ("-c", setting)), *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=GIT_PATIENCE,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": "/dev/null",
                "HOME": "/nonexistent",
            },
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{source} can't be cloned within {GIT_PATIENCE:.0f} s.") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["git said nothing"]
        raise InputError(f"{source} can't be cloned: {lines[-1]}")
    return done.stdout
