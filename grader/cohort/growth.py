"""Measures how the queries of the buggy app and of the reference grow, for the plots in reports.

    python -m grader.cohort.growth

Writes `grader/reports/reading/growth.json`. The check's own evidence is no source for it: a fix that passes
leaves none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from grader import rig as rigs
from grader.app import App
from grader.calls import Person
from grader.listing.rows import loans_with_tasks

FILE = rigs.CHECKOUT / "grader" / "reports" / "reading" / "growth.json"
TREES = {
    "the buggy app": rigs.CHECKOUT,
    "the reference": rigs.CHECKOUT / "solutions" / "reference",
}

Filling = Callable[[App, Person, int], object]


def more_loans(app: App, caller: Person, size: int) -> object:
    return loans_with_tasks(app, [caller], size)


def more_customers(app: App, caller: Person, size: int) -> object:
    loans_with_tasks(app, [caller], 5)
    return loans_with_tasks(app, app.customers(size), 3 * size)


def more_tasks(app: App, caller: Person, size: int) -> object:
    return loans_with_tasks(app, [caller], 5, tasks=size)


CHECKS: dict[str, tuple[Filling, bool, tuple[int, ...]]] = {
    "a.more-loans-cost-no-more-queries": (more_loans, False, (2, 5, 30)),
    "a.more-customers-cost-no-more-queries": (more_customers, True, (1, 3, 10)),
    "a.more-tasks-cost-no-more-queries": (more_tasks, False, (1, 4, 12)),
}


def measure(tree: Path) -> dict[str, dict[str, int]]:
    """How many queries the list takes: by check, then by size."""
    ground = rigs.prepare(tree)
    try:
        server = ground.start_server()
        ground.wait()
        rig = rigs.start(ground, lambda: server, both=False)
        try:
            app = App(rig)
            return {name: _counts(app, *how) for name, how in CHECKS.items()}
        finally:
            rig.close()
    finally:
        ground.close()


def _counts(app: App, fill: Filling, staff: bool, sizes: tuple[int, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for size in sizes:
        app.inspector.clear()
        caller = app.customer(staff=staff)
        fill(app, caller, size)
        app.list_loans(caller)  # what only a first list sends is no growth
        counts[str(size)] = len(app.list_loans(caller).queries)
    return counts


def main(file: Path = FILE) -> int:
    """Measure both and write the file."""
    found = {name: measure(tree) for name, tree in TREES.items()}
    by_check = {check: {name: found[name][check] for name in TREES} for check in CHECKS}
    file.write_text(json.dumps(by_check, indent=2) + "\n", encoding="utf-8")
    for check, series in by_check.items():
        print(check, series)
    return 0


if __name__ == "__main__":
    sys.exit(main())
