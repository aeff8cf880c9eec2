"""`sample-data`: the assignment's customer and loan; or a million loans, to try the app's limits."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from challenges.catalogue import CHECKOUT
from challenges.console import is_plain
from challenges.errors import InputError

if TYPE_CHECKING:
    from challenges.sample.database import Database

HELP = "Fill the app's database: the assignment's customer and loan, or as many loans as you say."
EXAMPLE = "DATABASE_URL=postgresql://… python -m challenges sample-data --loans 1000000"
FILE = "db.sqlite3"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--loans", type=int, default=1, metavar="N", help="how many loans to add (default: 1)"
    )
    parser.add_argument(
        "--dir",
        type=Path,
        default=CHECKOUT,
        metavar="DIR",
        help=f"the folder with {FILE} (default: this checkout)",
    )


def run(options: argparse.Namespace) -> int:
    if options.loans < 1:
        raise InputError("--loans: give a number of 1 or more.")
    from challenges.sample.database import opened

    began = time.monotonic()
    with opened(os.environ.get("DATABASE_URL"), options.dir.absolute() / FILE) as database:
        made = add_john(database)
        if options.loans > 1:
            add_loans(database, options.loans - made)
            made = options.loans
    print(
        f"{made} loans added in {time.monotonic() - began:.0f} s; sign in as john with the password pass123."
    )
    return 0


def add_john(database: Database) -> int:
    """The assignment's sample; 0 where john is there already, else 1."""
    from challenges.sample import rows

    if database.one("SELECT id FROM auth_user WHERE username = ?", rows.USERNAME) is not None:
        return 0
    first = free_ids(database)
    user, customer = first["auth_user"], first["loans_customer"]
    john = rows.user(user, rows.USERNAME, rows.EMAIL, rows.hashed(rows.PASSWORD))
    loan = (first["loans_loan"], customer, "100000.00", 12, "NEW", None, rows.moment(0))
    for table, row in (
        ("auth_user", john),
        ("loans_customer", (customer, user, rows.PHONE)),
        ("loans_loan", loan),
    ):
        list(database.insert(table, [row]))
    database.finish(["auth_user", "loans_customer", "loans_loan"])
    return 1


def add_loans(database: Database, count: int) -> None:
    """Many loans, of many customers, with their tasks; with a bar that moves, at a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from challenges.sample import rows

    bulk = rows.Bulk(count, free_ids(database))
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, disable=is_plain()) as progress:
        bar = progress.add_task("rows", total=bulk.total)
        insert(database, bulk, lambda done: progress.advance(bar, done))
        progress.update(bar, description="checking")
        database.finish(rows.COLUMNS)


def insert(database: Database, bulk: object, advance: Callable[[int], None]) -> None:
    from challenges.sample import rows

    assert isinstance(bulk, rows.Bulk)
    for table in rows.COLUMNS:
        for done in database.insert(table, bulk.rows(table)):
            advance(done)


def free_ids(database: Database) -> dict[str, int]:
    """The first id of each table that is not taken."""
    return {
        "auth_user": database.one("SELECT coalesce(max(id), 0) + 1 FROM auth_user"),
        "loans_customer": database.one("SELECT coalesce(max(id), 0) + 1 FROM loans_customer"),
        "loans_loan": database.one("SELECT coalesce(max(id), 0) + 1 FROM loans_loan"),
        "loans_taskexecution": database.one("SELECT coalesce(max(id), 0) + 1 FROM loans_taskexecution"),
    }
