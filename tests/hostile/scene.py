"""What surrounds a grading (a home with a secret, a folder to write into, a port), and what became of it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hostile.cases import CHECKOUT, Case

KEPT = ("PATH", "LANG", "GRADER_DATABASE_URL")  # of the environment
SLOWER = 3.0  # times as long as stated may a grading take on a machine that has other work


@dataclass
class Graded:
    """How a grading came out, and what it did to its surroundings."""

    case: Case
    code: int
    shown: str
    card: dict[str, Any]
    took: float = 0.0
    harm: list[str] = field(default_factory=list)  # each in one line; must be empty

    @property
    def passed(self) -> set[str]:
        """The ids of the checks that passed."""
        checks = [check for task in self.card["tasks"].values() for check in task["checks"]]
        return {check["id"] for check in checks if check["outcome"] == "passed"}

    def says(self, words: str) -> bool:
        """Whether words were printed, however the lines were broken."""
        return words in " ".join(self.shown.split())

    @property
    def findings(self) -> list[str]:
        return [finding["text"] for finding in self.card["integrity"]["findings"]]


class Listener:
    """A port of loopback that notes who calls."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._socket.accept()[0].close()
                self.calls += 1

    def close(self) -> None:
        self._socket.close()


def grade(case: Case) -> Graded:
    """Grade a case with the grader's own command, in surroundings of its own."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as scratch, _listening() as listener:
        place = Path(scratch)
        place.chmod(0o755)  # as /tmp is: what is not to be read is not to be read for other reasons
        secret = secrets.token_hex(12)
        home, canary, temporary = (_folder(place, name) for name in ("home", "canary", "tmp"))
        (home / ".netrc").write_text(f"machine example.org login me password {secret}\n")
        stand_for = {"@CANARY@": str(canary), "@HOME@": str(home), "@PORT@": str(listener.port)}
        tree = case.lay_out(place / "handed in", stand_for)
        before = _state(tree, home)
        environment = {
            **{
                name: os.environ[name]
                for name in ("PATH", "LANG", "GRADER_DATABASE_URL")
                if name in os.environ
            },
            **{"HOME": str(home), "TMPDIR": str(temporary), "A_SECRET": secret},
        }
        graded, left = _run(case, tree, place, environment)
        graded.harm += [f"a process is left: {line}" for line in left]
        if listener.calls:
            graded.harm.append("it reached the network")
        if any(canary.iterdir()):
            graded.harm.append(f"it wrote {[path.name for path in canary.iterdir()]} outside its folder")
        if _state(tree, home) != before:
            graded.harm.append("what was handed in, or the home, is not as before")
        if any(temporary.iterdir()):
            graded.harm.append(f"left in TMPDIR: {[path.name for path in temporary.iterdir()]}")
        said = graded.shown + json.dumps(graded.card)
        if secret in said:
            graded.harm.append("it read a secret")
        if "BROKE-OUT" in said:
            graded.harm.append("it broke out: " + said[said.index("BROKE-OUT") :][:200])
        return graded


def _folder(place: Path, name: str) -> Path:
    (place / name).mkdir()
    (place / name).chmod(0o777)
    return place / name


@contextlib.contextmanager
def _listening() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


def _run(case: Case, tree: Path, place: Path, environment: dict[str, str]) -> tuple[Graded, list[str]]:
    score, report = place / "score.json", place / "report.json"
    longest = case.seconds * SLOWER
    python = [sys.executable, "-B", "-m"]
    watched = [*python, "tests.hostile.watched", str(report), str(longest)]
    command = [*python, "pytest", "grader", "--jobs=1", f"--submission={tree}", f"--score-json={score}"]
    done = subprocess.run(
        [*watched, *command, *case.arguments],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
    )
    said = json.loads(report.read_text())
    card = json.loads(score.read_text()) if score.exists() else {}
    graded = Graded(case, done.returncode, done.stdout + done.stderr, card, said["took"])
    if said["late"]:
        graded.harm.append(f"it was not over after {longest:.0f} s")
    return graded, said["left"]


def _state(*folders: Path) -> dict[str, tuple[int, int]]:
    """Every file below some folders: its size and when it changed; of a folder only that it is there.

    Python changes a folder, too, where it keeps bytecode for the first time.
    """
    return {
        str(path): (0, 0) if path.is_dir() else (path.lstat().st_size, path.lstat().st_mtime_ns)
        for folder in folders
        for path in folder.rglob("*")
    }


def checkout_state() -> dict[str, tuple[int, int]]:
    """The checkout's own files."""
    kept = [path for path in CHECKOUT.iterdir() if path.name not in (".git", ".cache", ".venv")]
    state = _state(*kept)
    return {name: value for name, value in state.items() if "__pycache__" not in name}
