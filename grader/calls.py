"""The API as its callers see it: who calls, what is sent, what comes back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.wire.unit import Unit

LOANS = "/api/loans/"
CREATE = "/api/tasks/create/"
COMPLETE = "/api/tasks/complete/"
TASK_TYPES = ("KYC", "CREDIT_CHECK", "DISBURSEMENT")


@dataclass(frozen=True)
class Person:
    """Somebody who calls the API. `customer` is None for a user without a Customer."""

    user: int
    username: str
    customer: int | None
    address: str
    rank: str = ""  # "staff" or "superuser"


@dataclass(frozen=True)
class Call:
    """A call to be made."""

    method: str
    path: str
    body: Any = None
    by: Person | None = None
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    address: str = ""  # in place of the person's

    @property
    def shown(self) -> str:
        who = self.by.username if self.by else "anonymous"
        who += "".join(f" with {name}: {value}" for name, value in self.headers)
        body = "" if self.body is None else f" {json.dumps(self.body)}"
        return f"{self.method} {self.path}{body if len(body) < 160 else body[:157] + '…'} as {who}"


@dataclass(frozen=True)
class Answer:
    """What came back, and the statements that were seen on the wire meanwhile."""

    call: Call
    status: int
    text: str
    statements: tuple[Unit, ...] = ()
    error: str = ""
    counted: int | None = None
    headers: dict[str, str] = field(default_factory=dict)  # those that a check may ask for, in lower case

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        return 400 <= self.status < 500

    @cached_property
    def data(self) -> Any:
        """The JSON in it, or None."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    @property
    def shown(self) -> str:
        return f"{self.call.shown} → {self.status}" + (f" ({self.error})" if self.error else "")

    @property
    def queries(self) -> list[Unit]:
        """The statements but for session settings and the marks of transactions."""
        return [unit for unit in self.statements if unit.is_query]

    @property
    def loans(self) -> list[dict[str, Any]]:
        """The loans of a list answer, bare or in DRF's page envelope."""
        found = self.data.get("results") if isinstance(self.data, dict) else self.data
        return [loan for loan in found if isinstance(loan, dict)] if isinstance(found, list) else []

    @property
    def next_page(self) -> str | None:
        """The link to the next page: `next` of DRF's envelope, or of `links` in it, or the Link header's.

        The last two are the other ways that DRF's own documentation shows.
        """
        envelope = self.data if isinstance(self.data, dict) else {}
        links = envelope.get("links")
        for holder in (envelope, links if isinstance(links, dict) else {}):
            if isinstance(link := holder.get("next"), str) and link:
                return link
        found = re.search(r"<([^<>]*)>\s*;[^<]*\brel=\"?next\b", self.headers.get("link", ""))
        return found[1] if found else None


def creating(by: Person | None, loan: Any, task_type: Any = "KYC") -> Call:
    return Call("POST", CREATE, {"loan_id": loan, "task_type": task_type}, by)


def completing(by: Person | None, task: Any) -> Call:
    return Call("POST", COMPLETE, {"task_id": task}, by)
