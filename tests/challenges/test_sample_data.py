"""Sample data fits the app's tables, by every rule of the product, on both databases and as any role."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from challenges.catalogue import CHECKOUT
from challenges.sample.rows import Bulk
from grader.database.tenant import Tenant
from tests.challenges.conftest import Run
from tests.grader.conftest import database, server

__all__ = ["database", "server"]  # fixtures

LOANS = 1001
LOOK = """
from django.contrib.auth import authenticate
from loans.models import Customer, Loan, TaskExecution
john = Loan.objects.get(customer__user=authenticate(username="john", password="pass123"))
assert (str(john.amount), john.tenure_months, john.status) == ("100000.00", 12, "NEW")
assert john.current_task is None
for loan in Loan.objects.select_related("current_task").prefetch_related("tasks"):
    open_tasks = [task for task in loan.tasks.all() if not task.is_completed]
    assert open_tasks == ([loan.current_task] if loan.current_task else [])
    assert bool(open_tasks) == (loan.status == "IN_PROGRESS")
    assert 1000 <= loan.amount and 1 <= loan.tenure_months <= 360
assert TaskExecution.objects.filter(is_completed=True, completed_at=None).count() == 0
new = Loan.objects.create(customer=Customer.objects.first(), amount=2000, tenure_months=3)
print(Loan.objects.count(), Customer.objects.count())
"""


def manage(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        env=os.environ.copy(),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def url_of(tenant: Tenant) -> str:
    host = quote(tenant.server.host, safe="")
    return (
        f"postgresql://{tenant.role}:{quote(tenant.password)}@{host}:{tenant.server.port}/{tenant.database}"
    )


@pytest.fixture(params=["postgresql", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database without tables; on PostgreSQL of a role that may not skip checks."""
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path / 'db.sqlite3'}"
        (tmp_path / "db.sqlite3").touch()
    else:
        made = url_of(request.getfixturevalue("database"))
    monkeypatch.setenv("DATABASE_URL", made)
    return made


def test_the_rows_fit(url: str, run: Run) -> None:
    code, _, err = run("sample-data")
    assert code == 2
    assert "run python manage.py migrate first." in err
    manage("migrate", "-v0")
    assert "1 loans added" in run("sample-data")[1]
    assert "0 loans added" in run("sample-data")[1]
    code, out, err = run("sample-data", "--loans", str(LOANS))
    assert code == 0, err
    assert "\x1b" not in out
    assert manage("shell", "-v0", "-c", LOOK) == f"{1 + LOANS + 1} 3"


def test_a_server_that_is_not_there_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x:y@127.0.0.1:1/z")
    code, _, err = run("sample-data")
    assert code == 2
    assert "The server of DATABASE_URL can't be reached: " in err
    assert err.count("\n") == 1


def test_the_total_is_what_there_is() -> None:
    bulk = Bulk(1003, dict.fromkeys(["auth_user", "loans_customer", "loans_loan", "loans_taskexecution"], 5))
    tables = ("auth_user", "loans_customer", "loans_loan", "loans_taskexecution")
    assert bulk.total == sum(len(list(bulk.rows(table))) for table in tables)
