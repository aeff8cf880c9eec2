"""The rows themselves, as tuples: always the same for a number of loans, and valid by every rule."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Row = tuple[object, ...]

USERNAME, EMAIL, PASSWORD, PHONE = "john", "john@test.com", "pass123", "9999999999"
LOANS_OF_A_CUSTOMER = 1000
ITERATIONS = 1_000_000  # Django 5.2's own
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)

# By turns: untouched, at work on its second task, paid out, rejected after its first.
KINDS: tuple[tuple[str, tuple[tuple[str, bool], ...]], ...] = (
    ("NEW", ()),
    ("IN_PROGRESS", (("KYC", True), ("CREDIT_CHECK", False))),
    ("COMPLETED", (("KYC", True), ("CREDIT_CHECK", True), ("DISBURSEMENT", True))),
    ("REJECTED", (("KYC", True),)),
)
TASKS_OF_A_TURN = sum(len(tasks) for _, tasks in KINDS)
# How many tasks the loans of a turn before each kind have.
TASKS_BEFORE = [sum(len(tasks) for _, tasks in KINDS[:place]) for place in range(len(KINDS))]

COLUMNS = {
    "auth_user": "id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active,"
    " date_joined",
    "loans_customer": "id, user_id, phone",
    "loans_loan": "id, customer_id, amount, tenure_months, status, current_task_id, created_at",
    "loans_taskexecution": "id, loan_id, task_type, is_completed, started_at, completed_at",
}


@dataclass(frozen=True)
class Bulk:
    """Many loans. `first` gives the first free id of each table."""

    loans: int
    first: dict[str, int]

    @property
    def customers(self) -> int:
        return -(-self.loans // LOANS_OF_A_CUSTOMER)

    @property
    def total(self) -> int:
        """How many rows there are in all."""
        return 2 * self.customers + self.loans + self._first_task(self.loans) - self._first_task(0)

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table."""
        makers = {
            "auth_user": self._users,
            "loans_customer": self._customers,
            "loans_loan": self._loans,
            "loans_taskexecution": self._tasks,
        }
        return makers[table]()

    def _users(self) -> Iterator[Row]:
        for number in range(self.customers):
            identifier = self.first["auth_user"] + number
            name = f"customer-{identifier}"
            yield user(identifier, name, f"{name}@test.com", "!")  # a password that fits nothing

    def _customers(self) -> Iterator[Row]:
        for number in range(self.customers):
            yield self.first["loans_customer"] + number, self.first["auth_user"] + number, PHONE

    def _loans(self) -> Iterator[Row]:
        loan, customer = self.first["loans_loan"], self.first["loans_customer"]
        for number in range(self.loans):
            status = KINDS[number % len(KINDS)][0]
            current = self._first_task(number) + 1 if status == "IN_PROGRESS" else None
            amount, tenure = f"{1000 + number * 37 % 900_000}.00", 1 + number % 360
            yield (
                loan + number,
                customer + number % self.customers,
                amount,
                tenure,
                status,
                current,
                moment(number),
            )

    def _tasks(self) -> Iterator[Row]:
        loan = self.first["loans_loan"]
        for number in range(self.loans):
            first, begun = self._first_task(number), moment(number)
            for place, (task_type, done) in enumerate(KINDS[number % len(KINDS)][1]):
                yield first + place, loan + number, task_type, done, begun, begun if done else None

    def _first_task(self, number: int) -> int:
        """The id of the first task of a loan."""
        turns, kind = divmod(number, len(KINDS))
        return self.first["loans_taskexecution"] + turns * TASKS_OF_A_TURN + TASKS_BEFORE[kind]


def moment(number: int) -> str:
    """When the loan of this number came: one a second."""
    return (BEGINNING + timedelta(seconds=number)).isoformat(sep=" ")


def user(identifier: int, name: str, email: str, password: str) -> Row:
    """A row of Django's own users."""
    return identifier, password, False, name, "", "", email, False, True, moment(0)


def hashed(password: str) -> str:
    """A password as Django keeps it; made here, since Django's own way needs settings that may be broken."""
    salt = secrets.token_hex(11)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), ITERATIONS)
    return f"pbkdf2_sha256${ITERATIONS}${salt}${base64.b64encode(digest).decode()}"
