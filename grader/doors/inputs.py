"""What is sent that should not go in: values, names of keys and headers (E)."""

from __future__ import annotations

from typing import Any

BAD_AMOUNTS: tuple[Any, ...] = (
    "999.99", 999.99, 999, "500", 0, "0", "-5000", -1, -0.01, 10**12, "1e2",
    "NaN", "Infinity", "-Infinity", "12345678901.00", "100000000.00",
    "1000.001", "a lot", "", None, [], {}, "1e400", "sNaN", "-NaN", "inf",
)  # fmt: skip
BAD_TENURES: tuple[Any, ...] = (
    0, -1, 361, "0", "-1", "361", 1.5, "1.5", "a year", "", None, [], {}, 10**30,
    "361.0", " 361", "+361", 400.0,
)  # fmt: skip
BAD_IDS: tuple[Any, ...] = (
    None, "", "one", 0, -1, 2**63, 2**64 + 1, 10**40, [], [1], {}, {"id": 1}, "1 OR 1=1", "\0",
    " ", "1e3", "0x1", "None", "0", "-1", str(2**63), str(2**64 + 1), str(10**40),
)  # fmt: skip
ID_FILTERS = ("customer", "customer_id", "customer__user", "user", "user_id", "owner", "id", "pk")
NAME_FILTERS = (
    "customer__user__username", "customer_name", "username", "user", "owner", "customer", "search", "q",
    "query",
)  # fmt: skip
FLAGS = ("filter", "scope", "all", "show_all", "admin", "include_all", "everyone")
IDENTITIES = (
    "X-User", "X-User-Id", "X-Username", "X-Customer", "X-Customer-Id", "X-Auth-User", "X-Forwarded-User",
    "X-Remote-User", "Remote-User", "User", "User-Id", "Username", "X-Authenticated-User",
)  # fmt: skip
NEW_LOAN: dict[str, Any] = {"amount": "50000.00", "tenure_months": 24}
NEW_LOAN_ASKED_FOR = {"amount": "50000.00", "tenure_months": "24", "status": "NEW", "task_type": "KYC"}
OWNERS = {"customer", "customer_id", "customer_pk", "user", "user_id", "owner"}
LOANS_AND_TASKS = {"loan", "loan_pk", "id", "pk", "loanId", "loan_id", "task", "task_pk", "taskId", "task_id"}
PROTECTED = {"status", "current_task", "created_at"}  # fields of a loan that its customer does not write
SPELLINGS = (" {}", "0{}", "+{}")  # of an id
ON = ("1", "true", "yes")
WORD = "Quuxly"  # that no statement of an app has in it, of a capital letter and small ones
PECULIAR = {
    "phone": "8005551746",
    "amount": "73519.46",
    "tenure_months": "217",
}  # somebody else's, and nobody's else
PROBES = ("1' OR '1'='1", "1; DROP TABLE loans_loan; --", "1) OR (1=1", '" OR ""="', "' UNION SELECT 1 --")
PROBED = ("ordering", "search", "customer", "status", "id")  # keys of a query string
PROBED_TOO = ("sort", "order", "order_by", "sort_by", "filter", "from", "to", "page", "limit")
COLUMNS = ("status", "task_type", "current_task", "phone", "amount", "created_at", "is_completed", "ids")
LEAKS = ("syntax error", "psycopg", "ProgrammingError", "DataError", "unterminated", "Traceback")
