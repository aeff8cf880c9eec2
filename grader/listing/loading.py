"""What a list reads beside what its answer shows (A)."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

from grader.app import App
from grader.calls import LOANS as LOAN_LIST
from grader.calls import Answer, Call, Person
from grader.leads import witness
from grader.terminal import shorten
from grader.wire.selected import columns, is_aggregate, select_list
from grader.wire.sql import understand
from grader.wire.unit import Unit

TASK_KEYS = {"id", "loan", "task_type", "is_completed", "started_at", "completed_at"}
LOAN_KEYS = {"id", "customer", "customer_name", "amount", "tenure_months", "status", "created_at"}
LOAN_KEYS |= {"current_task", "current_task_type", "tasks"}
LOANS, TASKS = "loans_loan", "loans_taskexecution"
RELATIONS = {"customer", "user", "current_task", "tasks"}
PEOPLE = {"loans_customer", "auth_user"}
NEEDED = {LOANS, TASKS, *PEOPLE}  # to make an answer of


def further_keys(answer: Answer) -> int:
    """How many keys loans and tasks have beside those that the contract names."""
    loans = answer.loans
    tasks = [task for loan in loans for task in loan.get("tasks") or () if isinstance(task, dict)]
    known = (LOAN_KEYS, TASK_KEYS)
    return sum(
        len({*key} - keys) for some, keys in zip((loans, tasks), known, strict=True) for key in some[:1]
    )


def read_twice(answer: Answer, without: Answer) -> list[str]:
    """What is fetched a second time, beyond what a list without loans reads."""
    queries = _more(answer, without)
    same = Counter(u.sql for u in queries if u.statement.words & {LOANS, TASKS} and columns(u.sql))
    found = [f"the same once more: {shorten(statement)}" for statement, times in same.items() if times > 1]
    fetched = [Counter(columns(unit.sql)) for unit in queries]
    for table, column in (one for some in fetched for one, times in some.items() if times > 1):
        if table in NEEDED:
            found.append(f"{table}.{column} twice")
    if sum("amount" in {column for _, column in some} for some in fetched) > 1:
        found.append("the loans once more")
    kinds = {_shape(unit): {one for one in columns(unit.sql) if one[0] in PEOPLE} for unit in queries}
    by_statement = Counter(chain.from_iterable(kinds.values()))
    found += [
        f"{table}.{column} twice"
        for (table, column), statements in by_statement.items()
        if statements > 1 and column != "id" and not column.endswith("_id")
    ]
    return found


def counted_for_nothing(answer: Answer) -> list[str]:
    """What is counted or summed up beside each loan, where no key shows it."""
    if further_keys(answer):
        return []
    loans = [unit for unit in answer.queries if ("amount" in {column for _, column in columns(unit.sql)})]
    return [shorten(item) for unit in loans for item in select_list(unit.sql) if is_aggregate(item)]


def unused_by_nplusone(app: App, owner: Person) -> list[tuple[str, str]]:
    """What nplusone takes for an unused eager load, beside the relations that an answer is made of.

    Each with the relation's name as it may be in the name of a table.
    """
    return [
        (f"{lead['model']}.{lead['field']}", lead["field"].replace("_", "").lower().removesuffix("s"))
        for lead in witness(app, Call("GET", LOAN_LIST, by=owner))
        if lead["label"] == "unused_eager_load" and lead["relation"] and lead["field"] not in RELATIONS
    ]


def reads_tasks(answer: Answer) -> bool:
    """Whether the tasks are read from their own table."""
    return any(TASKS in unit.statement.words for unit in answer.queries)


def _more(answer: Answer, without: Answer) -> list[Unit]:
    """The statements of a list, less those that a list without loans sends as well."""
    usual = Counter(_shape(unit) for unit in without.queries)
    more: list[Unit] = []
    for unit in answer.queries:
        if LOANS not in unit.statement.words and usual[_shape(unit)] > 0:
            usual[_shape(unit)] -= 1
        else:
            more.append(unit)
    return more


def _shape(unit: Unit) -> str:
    return re.sub(r"\d+", "", unit.sql)


def tables_read(app: App, without: Answer) -> set[str]:
    """The tables that a list without loans reads apart: who asks, and what they may see, is no eager load."""
    words = [unit.statement.words for unit in without.queries]
    return app.tables & {word for some in words if LOANS not in some for word in some}


def loaded_tables(app: App, answer: Answer) -> set[str]:
    """The tables whose columns a list fetches with its loans, and those that it reads apart."""
    found: set[str] = set()
    for unit in answer.queries:
        words = unit.statement.words
        found |= app.tables & (words if not words & NEEDED else understand(_fetched(unit)).words)
    return found


def _fetched(unit: Unit) -> str:
    """What a statement fetches, as text."""
    items = select_list(unit.sql)
    return ", ".join(items) if items else re.split(r"\sFROM\s", unit.sql, maxsplit=1, flags=re.IGNORECASE)[0]
