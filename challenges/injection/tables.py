"""The operators, the sites and the kill rate, as tables for people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from challenges.injection.catalogue import operators
from challenges.injection.checking import Report
from challenges.injection.project import Site


def print_operators(console: Console) -> None:
    table = Table(title="Operators", title_justify="left")
    for column in ("operator", "level", "what it does"):
        table.add_column(column, no_wrap=column == "operator")
    for operator in operators().values():
        table.add_row(operator.name, operator.level, operator.summary)
    console.print(table)


def print_sites(console: Console, sites: list[Site], lines: int, files: int) -> None:
    """One line a site; the operator and the number are what `--operator` and `--site` take."""
    for site in sorted(sites, key=lambda site: (site.operator, site.number)):
        console.print(
            f"[bold]{site.operator} {site.number}[/bold]  {site.path}:{site.line}  [dim]{site.symbol}[/dim]",
            highlight=False,
            soft_wrap=True,
        )
        console.print(f"    {site.change}", markup=False, highlight=False, soft_wrap=True)
    by = len({site.operator for site in sites})
    console.print(f"{len(sites)} sites of {by} operators in {files} files, {lines:,} lines.", highlight=False)


def print_report(console: Console, report: Report) -> None:
    """The rate of each operator, what survived with its change, and the whole rate."""
    table = Table(title="Kill rate", title_justify="left")
    for column in ("operator", "noticed", "bugs"):
        table.add_column(column, justify="left" if column == "operator" else "right")
    for name, (noticed, bugs) in report.by_operator().items():
        table.add_row(name, str(noticed), str(bugs))
    console.print(table)
    for trial in report.trials:
        if trial in report.survivors or trial.reason or trial.outcome == "not injected":
            said = f"equivalent: {trial.reason}" if trial.reason else trial.outcome
            site = trial.site
            console.print(f"{site.name} at {site.path}:{site.line}: {said}", markup=False, soft_wrap=True)
            console.print(trial.diff or site.change, markup=False, soft_wrap=True)
    noticed = len(report.counted) - len(report.survivors)
    console.print(
        f"kill rate: {report.rate:.0%} ({noticed} of {len(report.counted)} bugs noticed)", highlight=False
    )
