"""Whether a list of loans says what the database says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from grader.app import App
from grader.database.tenant import Row

LOAN_COLUMNS = {"id": "id", "customer": "customer_id", "tenure_months": "tenure_months"}
LOAN_COLUMNS |= {"status": "status", "current_task": "current_task_id"}
TASK_COLUMNS = {"id": "id", "loan": "loan_id", "task_type": "task_type", "is_completed": "is_completed"}


def differences(app: App, wanted: list[int], listed: list[dict[str, Any]]) -> list[str]:
    """What is wrong with `listed`, whose loans must be `wanted`; others' loans are not looked at."""
    wrong: list[str] = []
    by_id: dict[Any, list[dict[str, Any]]] = {}
    for loan in listed:
        by_id.setdefault(_hashable(loan.get("id")), []).append(loan)
    for identifier in wanted:
        found = by_id.get(identifier, [])
        if len(found) != 1:
            wrong.append(f"loan {identifier} is there {len(found)} times")
        else:
            wrong += [f"loan {identifier}: {text}" for text in _loan_differences(app, identifier, found[0])]
    return wrong


def _hashable(value: Any) -> Any:
    return value if isinstance(value, int | str) else repr(value)


def _loan_differences(app: App, loan: int, listed: dict[str, Any]) -> list[str]:
    row = app.loan_row(loan)
    tasks = {task["id"]: task for task in app.task_rows(loan)}
    current = tasks.get(row["current_task_id"])
    username = app.inspector.rows(
        "SELECT username FROM auth_user u JOIN loans_customer c ON c.user_id = u.id WHERE c.id = %s",
        [row["customer_id"]],
    )[0]["username"]
    wanted = {key: row[column] for key, column in LOAN_COLUMNS.items()}
    wanted |= {
        "customer_name": username,
        "amount": str(row["amount"]),
        "current_task_type": current["task_type"] if current else None,
    }
    wrong = _unequal(listed, wanted) + _unequal_times(listed, row, ["created_at"])
    return wrong + _task_differences(listed.get("tasks"), tasks)


def _task_differences(listed: Any, tasks: dict[int, Row]) -> list[str]:
    if not isinstance(listed, list) or not all(isinstance(task, dict) for task in listed):
        return ["tasks is no list of tasks"]
    if sorted(str(task.get("id")) for task in listed) != sorted(map(str, tasks)):
        return [f"tasks has {len(listed)} of {len(tasks)} tasks, or others"]
    wrong: list[str] = []
    for task in listed:
        row = tasks[int(task["id"])]
        wrong += _unequal(task, {key: row[column] for key, column in TASK_COLUMNS.items()})
        wrong += _unequal_times(task, row, ["started_at", "completed_at"])
    return wrong


def _unequal(listed: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    return [
        f"no key {key}" if key not in listed else f"{key} is {listed[key]!r}, not {value!r}"
        for key, value in wanted.items()
        if key not in listed
        or listed[key] != value
        or isinstance(listed[key], bool) != isinstance(value, bool)
    ]


def _unequal_times(listed: dict[str, Any], row: Row, keys: list[str]) -> list[str]:
    return [
        f"{key} is {listed.get(key)!r}, not {row[key]}"
        for key in keys
        if key not in listed or not _same_instant(_instant(listed[key]), row[key])
    ]


def _same_instant(one: Any, other: Any) -> bool:
    """To the millisecond: JSON as Django writes it without DRF has no more."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs(one - other) < timedelta(milliseconds=1)
    return bool(one == other)


def _instant(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return found if found.tzinfo else found.replace(tzinfo=UTC)
