"""`assert_num_queries` in the manner of pytest-django's, counted on the wire instead of in the app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from grader.app import App
from grader.checking import CheckFailed

SHOWN = 40  # queries that are shown
WHY = "Each further row costs the database another round trip, so the page gets slower with every customer."


class NumQueries:
    """The fixture: `with assert_num_queries(4): app.list_loans(owner)`.

    Statements of every worker, thread and connection count. Raises CheckFailed with pytest-django's message;
    `info` gives more words and evidence for it, and is asked only then.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    @contextmanager
    def __call__(
        self, num: int, info: Callable[[], tuple[str, dict[str, Any]]] = lambda: ("", {})
    ) -> Iterator[None]:
        mark = self._app.rig.wire.mark()
        yield
        done = [unit for unit in self._app.rig.wire.since(mark) if unit.is_query]
        if len(done) == num:
            return
        words, evidence = info()
        raise CheckFailed(
            f"Expected to perform {num} queries but {len(done)} {'was' if len(done) == 1 else 'were'} done"
            + (f": {words}" if words else ""),
            "the same number of queries for each",
            WHY,
            {**evidence, "captured": [unit.shown for unit in done[:SHOWN]]},
        )
