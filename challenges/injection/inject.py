"""Injects one bug into a project: which files change, and to what. Nothing is written here."""

from __future__ import annotations

import ast
from pathlib import Path

from challenges.errors import InputError
from challenges.injection.catalogue import did_you_mean, operator
from challenges.injection.edits import apply
from challenges.injection.imports import without_unused
from challenges.injection.migrations import follow
from challenges.injection.project import Scan, Site, migrations_folder
from challenges.injection.source import Source


def injected(root: Path, site: Site) -> dict[str, str]:
    """The files that change with this bug, each with its new code.

    Raises InputError where the file is no longer as it was when the site was found.
    """
    before = _code(root, site.path)
    source = Source(before, site.path)
    edits = operator(site.operator).sites(source)
    if site.index >= len(edits):
        raise InputError(f"{site.path} has changed: {site.name} is not there any more.")
    tree = {site.path: without_unused(before, apply(source, [edits[site.index]]))}
    folder = migrations_folder(root, site.path)
    if operator(site.operator).follows and folder and "models" in site.path:
        tree |= {path.relative_to(root).as_posix(): path.read_text() for path in (root / folder).glob("*.py")}
        follow(tree, site.path, before, folder, tidy=False)
    changed = {path: code for path, code in tree.items() if code != _code(root, path)}
    for path, code in changed.items():
        ast.parse(code, path)
    return changed


def _code(root: Path, path: str) -> str:
    return (root / path).read_bytes().decode("utf-8")


def sites_of(scans: list[Scan], name: str | None = None, number: int | None = None) -> list[Site]:
    """All sites, an operator's, or one. Raises InputError for an operator or a number that there is not."""
    sites = [site for scan in scans for site in scan.sites]
    if name is None:
        return sites
    operator(name)
    mine = [site for site in sites if site.operator == name]
    if not mine:
        there = sorted({site.operator for site in sites})
        raise InputError(f"{name} finds no site in this project{did_you_mean(name, there) if there else '.'}")
    if number is None:
        return mine
    if not 1 <= number <= len(mine):
        raise InputError(f"{name} has no site {number}: its sites are 1 to {len(mine)}.")
    return [mine[number - 1]]
