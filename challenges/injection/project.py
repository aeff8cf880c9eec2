"""Any Django project: its files, and the sites in them. Nothing of it is imported or run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import libcst as cst

from challenges.errors import InputError
from challenges.injection.catalogue import operators
from challenges.injection.edits import REMOVE, Edit
from challenges.injection.source import Source

LEFT_OUT = {"node_modules", "site-packages", "venv", "env", "build", "dist", "__pycache__"}
TESTS = re.compile(r"(^|/)(tests?|testing|migrations)/|(^|/)(tests?|conftest|test_\w+|\w+_tests?)\.py$")
DJANGO = re.compile(r"^\s*(from|import) (django|rest_framework)\b", re.MULTILINE)
CHUNK = 8  # files a worker takes at once


@dataclass(frozen=True)
class Site:
    """One place that an operator would change; `number` counts the operator's sites in the project from 1."""

    operator: str
    number: int
    path: str
    index: int  # the place among the operator's sites of this file, as `edits` gives them
    line: int
    symbol: str
    change: str

    @property
    def name(self) -> str:
        return f"{self.operator} {self.number}"


@dataclass(frozen=True)
class Scan:
    """What one file holds: its sites, or why it could not be read."""

    path: str
    lines: int
    sites: tuple[Site, ...] = ()
    skipped: str = ""


def files(root: Path, *, tests: bool = False) -> list[str]:
    """The project's Python files; its tests and migrations only where asked for.

    Raises InputError where the path is no Django project.
    """
    if not root.is_dir():
        raise InputError(f"There is no folder {root}: give the folder of a Django project.")
    found = sorted(path.relative_to(root).as_posix() for path in _walk(root))
    if not any(DJANGO.search(_read(root / path)) for path in found):
        raise InputError(f"{root} is no Django project: no Python file below it imports django.")
    return [path for path in found if tests or not TESTS.search(path)]


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith(".")]
        yield from (Path(folder) / name for name in names if name.endswith(".py"))


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def scan(root: Path, paths: Iterable[str], done: Callable[[], None] = lambda: None) -> list[Scan]:
    """Look for sites in all files, on all processors. `done` is called once a file."""
    chosen = list(paths)
    scans: list[Scan] = []
    with ProcessPoolExecutor() as pool:
        for one in pool.map(scan_file, [str(root)] * len(chosen), chosen, chunksize=CHUNK):
            scans.append(one)
            done()
    return numbered(scans)


def scan_file(root: str, path: str) -> Scan:
    """The sites of one file, not numbered yet."""
    raw = (Path(root) / path).read_bytes()
    try:
        code = raw.decode("utf-8")
        fitting = [
            operator for operator in operators().values() if operator.general and operator.may_find(code)
        ]
        if not fitting or not raw.strip():
            return Scan(path, code.count("\n"))
        source = Source(code, path)
    except (UnicodeDecodeError, cst.ParserSyntaxError, RecursionError) as error:
        return Scan(path, raw.count(b"\n"), skipped=str(error).splitlines()[0])
    sites = [
        Site(
            operator.name,
            0,
            path,
            index,
            source.line(edit.node),
            source.symbol(edit.node),
            shown(source, edit),
        )
        for operator in fitting
        for index, edit in enumerate(operator.sites(source))
    ]
    return Scan(path, code.count("\n"), tuple(sorted(sites, key=lambda s: (s.operator, s.line, s.index))))


def numbered(scans: list[Scan]) -> list[Scan]:
    """The same, the sites of each operator counted through the project."""
    counts: dict[str, int] = {}
    result = []
    for one in scans:
        sites = []
        for site in one.sites:
            counts[site.operator] = counts.get(site.operator, 0) + 1
            sites.append(replace(site, number=counts[site.operator]))
        result.append(replace(one, sites=tuple(sites)))
    return result


def shown(source: Source, edit: Edit) -> str:
    """A change in one line: what was there, and what comes."""
    node, new = edit.changes[0]
    if edit.about is not None:
        node, new = edit.about, REMOVE
    elif isinstance(node, cst.IndentedBlock):
        node, new = _first_difference(node, new)
    old = _line(source.text(node.with_changes(leading_lines=[]) if hasattr(node, "leading_lines") else node))
    if isinstance(new, cst.FlattenSentinel):
        come = "; ".join(_line(source.module.code_for_node(one)) for one in new.nodes)
    else:
        come = _line(source.module.code_for_node(new)) if isinstance(new, cst.CSTNode) else ""
    return f"- {_short(old)}" + (f"  + {_short(come)}" if come else "")


def _first_difference(old: cst.CSTNode, new: object) -> tuple[cst.CSTNode, cst.CSTNode]:
    pairs = zip(old.body, new.body, strict=False)  # type: ignore[attr-defined]
    return next(((a, b) for a, b in pairs if a is not b), (old, old))


def _line(code: str) -> str:
    return " ".join(line.strip() for line in code.splitlines() if not line.strip().startswith("#")).strip()


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def migrations_folder(root: Path, models: str) -> str | None:
    """The migrations that belong to a models module, or to a module of a package of models."""
    for folder in list(PurePosixPath(models).parents)[:2]:
        if (root / folder / "migrations").is_dir():
            return (folder / "migrations").as_posix()
    return None
