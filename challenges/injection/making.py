"""Makes an app of the healthy one and of bugs: a function of the set of bugs, and of nothing else."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from challenges.errors import InputError
from challenges.injection.binding import CLASSIC, Binding, Variant
from challenges.injection.catalogue import did_you_mean, operator
from challenges.injection.leftovers import without_leftovers
from challenges.injection.migrations import follow

HERE = Path(__file__).resolve().parent.parent
CHECKOUT = HERE.parent
REFERENCE = CHECKOUT / "solutions" / "reference"
PACKAGES = ("interview", "loans")


def tasks() -> list[str]:
    """The tasks that have bugs, found by looking."""
    return sorted(file.parent.name for file in HERE.glob("*/bug.py"))


@cache
def variants(task: str) -> tuple[Variant, ...]:
    """The variants of a task, classic first, then by level and name. Raises InputError for no task."""
    if task not in tasks():
        raise InputError(f"There is no task {task!r}{did_you_mean(task, tasks())}")
    found: tuple[Variant, ...] = tuple(importlib.import_module(f"challenges.{task}.bug").VARIANTS)
    order = {CLASSIC: 0, "mid": 1, "senior": 2}
    return tuple(sorted(found, key=lambda variant: (order[variant.level], variant.name)))


def variant(task: str, name: str) -> Variant:
    known = {variant.name: variant for variant in variants(task)}
    if name not in known:
        raise InputError(f"{task} has no variant {name!r}{did_you_mean(name, known)}")
    return known[name]


def choose(task: str, seed: int, level: str | None = None) -> str:
    """The name of a variant, the same for the same seed on any machine. Raises InputError for no level."""
    fitting = [variant.name for variant in variants(task) if level in (None, variant.level)]
    if not fitting:
        levels = sorted({variant.level for variant in variants(task)})
        raise InputError(f"{task} has no variant of level {level!r}{did_you_mean(level or '', levels)}")
    digest = hashlib.sha256(f"{task} {seed}".encode()).digest()
    return fitting[int.from_bytes(digest[:8], "big") % len(fitting)]


def app(bugs: Mapping[str, str]) -> dict[str, bytes]:
    """The app with these bugs: what lies where, as bytes. No bugs: the healthy app.

    `bugs` gives each task's variant. Raises InputError for what there is not, and where the healthy app is no
    longer what a challenge is bound to.
    """
    return {path: code.encode() for path, code in _made(tuple(sorted(bugs.items()))).items()}


@cache
def _made(bugs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    chosen, healthy = dict(bugs), healthy_app()
    tree = dict(healthy)
    done: list[Binding] = []
    for task, name in reversed(bugs):  # what is copied by moving a lock (B) has its other bugs by then
        for binding in variant(task, name).bindings:
            if binding.applies(chosen) and binding not in done:
                _carry_out(binding, tree, f"{task}/{name}")
                done.append(binding)
    return without_leftovers(healthy, tree) if bugs else tree


def _carry_out(binding: Binding, tree: dict[str, str], owner: str) -> None:
    before = tree.get(binding.file, "")
    binding.carry_out(tree, owner)
    if operator(binding.operator).follows and binding.file.endswith("models.py"):
        folder = f"{binding.file.rpartition('/')[0]}/migrations"
        follow(tree, binding.file, before, folder, tidy=True)


def healthy_app(root: Path = REFERENCE) -> dict[str, str]:
    """The files of an app, by path."""
    found = (path for package in PACKAGES for path in sorted((root / package).rglob("*.py")))
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found}
