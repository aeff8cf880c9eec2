"""The apps that the bugs are injected into: all subsets of the tasks, and each variant alone.

`challenges/audit/proving.py` grades them: exactly the tasks injected fail, all others keep their distinction.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from challenges.catalogue import CHECKOUT
from challenges.injection import app, variants
from challenges.injection.making import tasks

COMMANDS = (["check"], ["makemigrations", "--check", "--dry-run"], ["test", "loans"])


def injected_apps() -> Iterator[tuple[str, dict[str, bytes], set[str]]]:
    """Name, files, and the letters of the tasks that must fail."""
    for size in range(len(tasks()) + 1):
        for chosen in combinations(tasks(), size):
            letters = "".join(task[0] for task in chosen) or "none"
            yield f"subsets/{letters}", app(dict.fromkeys(chosen, "classic")), {task[0] for task in chosen}
    for task in tasks():
        for variant in variants(task)[1:]:
            yield f"variants/{task}/{variant.name}", app({task: variant.name}), {task[0]}


def lay_out(files: Mapping[str, bytes], tree: Path) -> Path:
    """Write the files below `tree`."""
    for path, content in files.items():
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return tree


def what_is_invalid(tree: Path) -> str:
    """What Django says against the app: it does not start, lacks a migration, fails its own tests; or ""."""
    shutil.copy(CHECKOUT / "manage.py", tree)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-B", "manage.py", *command],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            return f"manage.py {' '.join(command)}: {done.stdout[-300:]}{done.stderr[-500:]}"
    (tree / "manage.py").unlink()
    return ""


def key(files: Mapping[str, bytes], stated: object) -> str:
    """A name for all that a proof depends on: the app, what is stated of it, the grader."""
    digest = hashlib.sha256(repr((sorted(files.items()), stated)).encode())
    for path in sorted([*(CHECKOUT / "grader").rglob("*.py"), CHECKOUT / "requirements.txt"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]
