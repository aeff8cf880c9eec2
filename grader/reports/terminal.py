"""The report for a terminal, in colours; whoever prints it elsewhere takes them out (`without_colours`)."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.reports.reading.card import Card, Check
from grader.reports.reading.questions import questions

FILE = "report.txt"
WIDTH = 100
STYLES = {"fail": "bold red", "pass": "bold blue", "distinction": "bold green"}
OUTCOMES = {"passed": "green", "failed": "red", "error": "red", "inconclusive": "magenta"}
LONGEST = 400  # characters of a text
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def render(card: Card, width: int = WIDTH) -> str:
    """The text, with ANSI colours."""
    out = Console(
        file=io.StringIO(), width=width, force_terminal=True, color_system="standard", highlight=False
    )
    out.print(_head(card))
    out.print(_table(card))
    for finding in card.findings:
        style = "bold red" if finding.interference else "yellow"
        out.print(Text("interference: " if finding.interference else "note: ", style) + Text(finding.text))
    for task in card.tasks:
        for check in task.broken:
            _print_check(out, check)
    for title, texts in (("Questions for the conversation", questions(card)), ("Worth saying", card.advice)):
        if texts:
            out.print(Text(f"\n{title}", "bold"))
            for text in texts:
                out.print(Padding(Text(f"- {text}"), (0, 0, 0, 2)))
    written: io.StringIO = out.file  # type: ignore[assignment]
    return written.getvalue()


def without_colours(text: str) -> str:
    """The same for a pipe, a file, or somebody who set NO_COLOR."""
    return ESCAPES.sub("", text)


def _head(card: Card) -> Text:
    head = Text.assemble((card.submission, "bold"), "  ", (card.verdict, STYLES.get(card.verdict, "")))
    return head + Text(f"  {card.score} of 100" + (f"  {card.grade}" if card.grade else ""))


def _table(card: Card) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title, justify in (("", "left"), ("verdict", "left"), ("score", "right"), ("checks", "left")):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]
    table.add_column("")
    for task in card.tasks:
        table.add_row(
            task.letter.upper(),
            Text(task.verdict, STYLES.get(task.verdict, "")),
            str(task.score),
            Text.assemble(*(("■" if c.passed else "□", OUTCOMES.get(c.outcome, "")) for c in task.checks)),
            Text(task.title),
        )
    return table


def _print_check(out: Console, check: Check) -> None:
    """Text objects only: a submission's words are no markup."""
    out.print(Text.assemble("\n", (check.outcome, OUTCOMES.get(check.outcome, "")), f"  {check.requirement}"))
    replay = str(check.evidence.get("replay") or "")
    said = [("seen", check.observed), ("expected", check.expected), ("why", check.why)]
    said += [("again", f"pytest grader --replay {replay}")] if replay else []
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column()
    for name, text in said:
        if text:
            table.add_row(f"  {name}", Text(text if len(text) <= LONGEST else f"{text[:LONGEST]}…"))
    out.print(table)
