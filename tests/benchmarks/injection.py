"""Injects every site of Django projects, one by one: each file must compile and differ only where it should.

    python -m tests.benchmarks.injection PATH…

Prints how long the sites took to be listed, and every site whose file does not compile, does not change, or
changes elsewhere than in the statement of the site and among the imports.
"""

from __future__ import annotations

import difflib
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from challenges.errors import InputError
from challenges.injection.catalogue import operator
from challenges.injection.inject import injected, sites_of
from challenges.injection.project import Site, files, scan
from challenges.injection.source import Source

AROUND = 3  # lines above and below a statement: its comments and blank lines


def problem(root: Path, site: Site) -> str:
    """What is wrong with one injected site, or ""."""
    try:
        changed = injected(root, site)
        for path, code in changed.items():
            compile(code, path, "exec", dont_inherit=True)
    except (InputError, SyntaxError, cst.ParserSyntaxError, AssertionError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    if site.path not in changed:
        return "nothing has changed"
    before = (root / site.path).read_text()
    allowed = set(may_change(before, site))
    for tag, start, end, _, _ in difflib.SequenceMatcher(
        None, before.splitlines(), changed[site.path].splitlines(), autojunk=False
    ).get_opcodes():
        lines = set(range(start + 1, max(end, start + 1) + 1))
        if tag != "equal" and not lines <= allowed:
            return f"line {min(lines - allowed)} has changed, too"
    others = [path for path in changed if path != site.path and "/migrations/" not in path]
    return f"{others} have changed, too" if others else ""


def may_change(code: str, site: Site) -> Iterator[int]:
    """The lines of the statements that the site is made of, what is around them, and the imports."""
    source = Source(code)
    where = MetadataWrapper(source.module, unsafe_skip_copy=True).resolve(PositionProvider)
    nodes = [node for node, _ in operator(site.operator).sites(source)[site.index].changes]
    nodes = [source.statement(node) if not isinstance(node, cst.IndentedBlock) else node for node in nodes]
    for node in nodes:
        span, above = where[node], AROUND + len(getattr(node, "leading_lines", ()))
        yield from range(span.start.line - above, span.end.line + AROUND + 1)
    for kind in (cst.Import, cst.ImportFrom):
        for node in source.find(kind):
            yield from range(where[node].start.line - 1, where[node].end.line + 2)


def main(paths: list[str]) -> int:
    bad = 0
    for root in map(Path, paths):
        began = time.monotonic()
        scans = scan(root, files(root))
        took = time.monotonic() - began
        sites = sites_of(scans)
        lines = sum(one.lines for one in scans)
        skipped = [one.path for one in scans if one.skipped]
        by = len({site.operator for site in sites})
        print(f"{root.name}: {len(sites)} sites of {by} operators, {lines:,} lines listed in {took:.1f} s")
        print(f"  skipped: {', '.join(skipped) or 'none'}")
        with ProcessPoolExecutor() as pool:
            for site, said in zip(sites, pool.map(partial(problem, root), sites, chunksize=4), strict=True):
                if said:
                    bad += 1
                    print(f"  {site.name} at {site.path}:{site.line}: {said}\n    {site.change}")
    print(f"{bad} sites are not as they should be")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
