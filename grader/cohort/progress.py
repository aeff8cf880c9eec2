"""What is seen while a cohort is graded: a bar with the time left, or plain lines in a pipe."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from grader.cohort.results import Result

STYLES = {"fail": "red", "pass": "blue", "distinction": "green"}
REFRESH = 0.25  # seconds


def plain_lines(console: Console) -> bool:
    """Whether there is no terminal, or somebody wants no colours."""
    return not console.is_terminal or bool(os.environ.get("NO_COLOR"))


@dataclass
class Watch:
    """Tells of each result as it comes. Call `tick` now and then."""

    console: Console
    total: int
    jobs: int
    _bar: Progress | None = None
    _began: float = field(default_factory=time.monotonic)
    _done: int = 0
    _ticked: float = 0.0

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Show the bar meanwhile. Without a thread of its own, which a fork could not bear."""
        if plain_lines(self.console):
            yield self
            return
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"))
        with Progress(*columns, console=self.console, auto_refresh=False, transient=True) as self._bar:
            self._bar.add_task("grading", total=self.total, left="")
            yield self

    def tick(self) -> None:
        now = time.monotonic()
        if self._bar is not None and now - self._ticked > REFRESH:
            self._ticked = now
            self._bar.update(self._bar.task_ids[0], completed=self._done, left=self.left())
            self._bar.refresh()

    def show(self, result: Result) -> None:
        """A line for a result."""
        self._done += 1
        if plain_lines(self.console):
            left = self.left()
            text = f"[{self._done}/{self.total}] {line(result).plain}" + (f"  {left}" if left else "")
            self.console.print(Text(text), soft_wrap=True)
        else:
            self.console.print(line(result))
            self._ticked = 0.0
            self.tick()

    def left(self) -> str:
        """The time left, once it can be told."""
        rest = self.total - self._done
        if not self._done or not rest:
            return ""
        seconds = (time.monotonic() - self._began) / self._done * rest
        return f"about {duration(seconds)} left"


def duration(seconds: float) -> str:
    """Seconds for people: 40 s, 3 min, 1 h 5 min."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def line(result: Result) -> Text:
    """A result in a line: jane: pass 71  A pass  B fail …"""
    text = Text(f"{result.name}: ")
    if not result.has_scorecard:
        return text + Text(f"{result.status.value}, {result.note}", "yellow")
    text += Text.assemble((result.verdict, f"bold {STYLES.get(result.verdict, '')}"), f" {result.score}")
    for letter, verdict in result.tasks.items():
        text += Text.assemble("  ", (f"{letter.upper()} {verdict}", STYLES.get(verdict, "")))
    if result.note:
        text += Text(f"  ({result.note})", "yellow")
    return text + Text(f"  {result.seconds:.1f} s")
