"""What a submission requires beside the kit's own, installed into a folder of its own and kept.

From wheels only, since to build a package is to run it, and outside the sandbox; nothing of the folder is
imported here. The kit's own packages stay as they are: theirs are the versions that are graded with.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.errors import InputError

FILE = "requirements.txt"
CHECKOUT = Path(__file__).resolve().parent.parent
OURS = CHECKOUT / FILE
LINE = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(\[[\w, .-]+\])?\s*([<>=!~][^;#@]*)?(;[^#]*)?(#.*)?$")
PATIENCE = 300.0  # seconds for pip
MOST_BYTES = 500 * 2**20


def names(text: str) -> dict[str, str]:
    """The plain requirements in a file's text, by their normalised names; the rest (URLs, options) is not."""
    found = {}
    for line in text.splitlines():
        if match := LINE.match(line.strip()):
            found[normalised(match[1])] = line.partition("#")[0].strip()
    return found


def normalised(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def absent(text: str) -> list[str]:
    """The names of a file's requirements that are not installed with the kit."""
    return [name for name in names(text) if not _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def install(text: str, cache: Path) -> Path | None:
    """The folder with what a file's text asks for and the kit has not; None where that is nothing.

    Raises InputError with pip's last line where it can't be installed.
    """
    wanted = [line for name, line in names(text).items() if not _is_installed(name)]
    if not wanted:
        return None
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    key = hashlib.sha256("\n".join([version, OURS.read_text(), *sorted(wanted)]).encode()).hexdigest()
    kept = cache / f"packages-{key[:24]}"
    if kept.is_dir():
        return kept
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="packages-", dir=cache) as made:
        new = Path(made) / "new"
        _pip(wanted, new)
        if sum(path.lstat().st_size for path in new.rglob("*")) > MOST_BYTES:
            raise InputError(f"{FILE} asks for more than {MOST_BYTES // 2**20} MB.")
        shutil.rmtree(kept, ignore_errors=True)
        new.rename(kept)
    return kept


def _pip(wanted: list[str], target: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    constraints = target.with_name("constraints.txt")
    constraints.write_text(re.sub(r"\[[^]]*\]", "", "\n".join(names(OURS.read_text()).values())))
    command += ["--only-binary", ":all:", "--constraint", str(constraints), "--target", str(target)]
    command += ["--", *wanted]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, cwd=target.parent, env=dict(os.environ)
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"pip did not install {', '.join(wanted)} within {PATIENCE:.0f} s.") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise InputError(f"{', '.join(wanted)} of {FILE} can't be installed: {last}")
