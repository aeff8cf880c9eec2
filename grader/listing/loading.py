"""What a list reads beside what its answer shows (A)."""

from __future__ import annotations

import re
from collections import Counter

from grader.app import App
from grader.calls import Answer
from grader.terminal import shorten
from grader.wire.sql import understand
from grader.wire.unit import Unit

SUM = re.compile(r"^SELECT (SUM|AVG|MIN|MAX|COUNT)\(", re.IGNORECASE)  # one row for all loans
TASK_KEYS = {"id", "loan", "task_type", "is_completed", "started_at", "completed_at"}
LOAN_KEYS = {"id", "customer", "customer_name", "amount", "tenure_months", "status", "created_at"}
LOAN_KEYS |= {"current_task", "current_task_type", "tasks"}
NEEDED = {"loans_loan", "loans_customer", "loans_taskexecution", "auth_user"}  # to make an answer of


def further_keys(answer: Answer) -> int:
    """How many keys loans and tasks have beside those that the contract names."""
    loans = answer.loans
    tasks = [task for loan in loans for task in loan.get("tasks") or () if isinstance(task, dict)]
    known = (LOAN_KEYS, TASK_KEYS)
    return sum(
        len({*key} - keys) for some, keys in zip((loans, tasks), known, strict=True) for key in some[:1]
    )


def read_twice(answer: Answer, without: Answer) -> list[str]:
    """What of the loans and their tasks is fetched a second time, beyond what a list without loans reads."""
    same = Counter(u.sql for u in answer.queries if u.statement.words & {"loans_loan", "loans_taskexecution"})
    same -= Counter(u.sql for u in without.queries)
    found = [f"the same once more: {shorten(statement)}" for statement, times in same.items() if times > 1]
    amounts = [
        unit for unit in answer.queries if "amount" in fetched_words(unit) and not SUM.search(unit.sql)
    ]
    for unit in answer.queries:
        bare = re.sub(r"\w+\([^()]*\)", "", fetched(unit))  # what an aggregate is made of is not fetched
        columns = Counter(re.findall(r'"(?:auth_user|loans_\w+)"\."\w+"', bare))
        found += [f"{column} twice" for column, times in columns.items() if times > 1]
    return found + (["the loans once more"] if len(amounts) > 1 else [])


def fetched(unit: Unit) -> str:
    """What a statement fetches."""
    return re.split(r"\sFROM\s", unit.sql, maxsplit=1, flags=re.IGNORECASE)[0]


def fetched_words(unit: Unit) -> frozenset[str]:
    return understand(fetched(unit)).words


def tables_read(app: App, answer: Answer) -> set[str]:
    """The tables that a call reads without loans: who may see what is no eager load."""
    words = [unit.statement.words for unit in answer.queries]
    return app.tables & {word for some in words if not some & NEEDED for word in some}


def loaded_tables(app: App, answer: Answer) -> set[str]:
    """The tables whose columns a list fetches with its loans, and those that it reads apart."""
    found = tables_read(app, answer)
    for unit in answer.queries:
        found |= app.tables & fetched_words(unit)
    return found
