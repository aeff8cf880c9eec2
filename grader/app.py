"""The submission as a check sees it: people, loans, tasks, calls and rows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from grader import leads
from grader.calls import LOANS, Answer, Call, Person, completing, creating
from grader.checking import CannotDrive, CheckFailed
from grader.database.tenant import Row
from grader.making import Making
from grader.rig import Rig
from grader.scheduling.footprint import Catalogue
from grader.scheduling.replay import Replay
from grader.scheduling.stage import Stage
from grader.wire.unit import Unit
from grader.workers.worker import SubmissionError, WorkerLost

T = TypeVar("T")
MACHINE_TROUBLE = {"53100": "disk", "53200": "memory"}  # SQLSTATE
MOST_PAGES = 1_200


TASK_COLUMNS = ("id", "loan_id", "task_type", "is_completed", "started_at", "completed_at")


def public(tasks: list[Row]) -> list[tuple[Any, ...]]:
    """Tasks without the columns that a fix may have added."""
    return [tuple(task[name] for name in TASK_COLUMNS) for task in tasks]


@dataclass
class App(Making):
    """A running submission. Every person is new, so that no throttle or cache meets another check's."""

    rig: Rig
    mark: int = 0  # where the wire's record was when the check began
    replay: Replay | None = None  # the one order to run, where that is all that is wanted
    notes: list[str] = field(default_factory=list)  # what a passed check has to say
    evidence: dict[str, Any] = field(default_factory=dict)  # and what it has to show
    hasty: bool = False  # a 429 is an answer like others
    limited: bool = False  # a list could not be read to its end, because of a limit on calls
    advice: list[str] = field(default_factory=list)  # what is worth saying and is not asked for
    count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))  # of the people

    def trouble(self) -> str:
        """What the machine, and not the submission, failed at since the check began; "" for nothing."""
        for unit in self.rig.wire.since(self.mark):
            if unit.failed and unit.failure is None and unit.outcome in MACHINE_TROUBLE:
                return f"the database ran out of {MACHINE_TROUBLE[unit.outcome]}: {unit.error}"
        return ""

    @property
    def stage(self) -> Stage:
        """Both workers, ready for a race."""
        workers = {name: self.rig.worker(name) for name in ("A", "B")}
        return Stage(self.rig.wire, self.inspector, workers, self.catalogue)

    @property
    def catalogue(self) -> Catalogue:
        if self.rig.catalogue is None:
            self.rig.catalogue = Catalogue.of(self.inspector)
        return self.rig.catalogue

    def once(self, name: str, work: Callable[[], T]) -> T:
        """What some work gives or raises, which is done once for all checks of a rig."""
        if name not in self.rig.done:
            try:
                self.rig.done[name] = work()
            except CheckFailed as failed:
                self.rig.done[name] = failed
        if isinstance(found := self.rig.done[name], CheckFailed):
            raise found
        return cast("T", found)

    @property
    def tables(self) -> set[str]:
        """The names of the submission's tables."""
        return set(self.catalogue.tables)

    def names(self, call: Call, part: str) -> tuple[str, ...]:
        """By which names the app looks into a part of a call (leads.PARTS), less what is usual."""
        name = f"names of {call.method} {call.path}, {call.by.rank if call.by else None}"
        return tuple(self.once(name, lambda: leads.names(self, call))[part])

    # ---- calls

    def call(self, call: Call, *, on: str = "A", forced: bool = True, counted: bool = False) -> Answer:
        """Make a call on one of the workers. A crash or time-out is an answer with status 599.

        `counted`: with Django's own count of the call's statements, beside the wire's. Who meets a limit
        on calls calls again where the process that counted them has been started anew, but for where
        limits are what is asked for (`hasty`).
        """
        answer = self._call(call, on, forced=forced, counted=counted)
        if answer.status == 429 and not self.hasty and not self.rig.remembers_calls:
            self.rig.workers[on].stop()
            answer = self._call(call, on, forced=forced, counted=counted)
            self.rig.remembers_calls = answer.status == 429
        return answer

    def _call(self, call: Call, on: str, *, forced: bool, counted: bool) -> Answer:
        try:
            self.prepare(call, on=on, forced=forced, counted=counted)
            mark = self.rig.wire.mark()
            said = self.rig.worker(on).ask("go")
        except (SubmissionError, WorkerLost) as error:
            return Answer(call, 599, "", error=str(error))
        return self.answer(call, said, tuple(self.rig.wire.since(mark, on)))

    def prepare(self, call: Call, *, on: str, forced: bool = True, counted: bool = False) -> None:
        """Sign in and build the request, all but sending it."""
        self.rig.worker(on).ask("prepare", **self.request(call, forced=forced, counted=counted))

    def request(self, call: Call, *, forced: bool = True, counted: bool = False) -> dict[str, Any]:
        """A call as a worker takes it."""
        body = call.body if isinstance(call.body, str) or call.body is None else json.dumps(call.body)
        person = call.by
        address = call.address or (person.address if person else self.new_name()[1])
        return {
            "method": call.method,
            "path": call.path,
            "body": body,
            "user": person.user if person else None,
            "address": address,
            "forced": forced,
            "headers": dict(call.headers),
            "content_type": call.content_type,
            "counted": counted,
        }

    def answer(self, call: Call, said: dict[str, Any], statements: tuple[Unit, ...] = ()) -> Answer:
        """An answer from what a worker said; nothing in it is trusted to be of any form."""
        status, text, headers = said.get("status"), said.get("body"), said.get("headers")
        limits = self.rig.ground.limits
        error = str(SubmissionError.of(said["error"], limits)) if isinstance(said.get("error"), dict) else ""
        return Answer(
            call,
            status if isinstance(status, int) else 599,
            text if isinstance(text, str) else "",
            statements,
            error,
            said.get("counted") if isinstance(said.get("counted"), int) else None,
            {str(name): str(value) for name, value in headers.items()} if isinstance(headers, dict) else {},
        )

    def list_loans(
        self, by: Person | None, *, on: str = "A", query: str = "", counted: bool = False
    ) -> Answer:
        return self.call(Call("GET", LOANS + query, by=by), on=on, counted=counted)

    def list_all(self, by: Person, *, on: str = "A") -> tuple[Answer, list[dict[str, Any]]]:
        """The first page, and the loans of all pages.

        A reader in a hurry may meet a limit, which is no end of the list. What a process counts, a new
        one has forgotten; a limit that is kept elsewhere is noted, and the list is as far as it got.
        """
        pages, loans = self.list_pages(by, on=on)
        return pages[0], loans

    def list_pages(self, by: Person, *, on: str = "A") -> tuple[list[Answer], list[dict[str, Any]]]:
        """The same, with all pages."""
        page = self.list_loans(by, on=on)
        pages, loans = [page], list(page.loans)
        for _ in range(MOST_PAGES):
            if not page.next_page:
                break
            call = Call("GET", LOANS + "?" + page.next_page.partition("?")[2], by=by)
            page = self.call(call, on=on)
            if page.status == 429:
                self.limited = True
                break
            pages.append(page)
            loans += page.loans
        return pages, loans

    def create_loan(self, by: Person | None, **body: Any) -> Answer:
        full = {"amount": "50000.00", "tenure_months": 24, **body}
        if by is not None:
            full.setdefault("customer", by.customer)
        return self.call(Call("POST", LOANS, full, by))

    def create_task(self, by: Person | None, loan: Any, task_type: Any = "KYC", *, on: str = "A") -> Answer:
        return self.call(creating(by, loan, task_type), on=on)

    def complete_task(self, by: Person | None, task: Any, *, on: str = "A") -> Answer:
        return self.call(completing(by, task), on=on)

    # ---- rows

    def loan_row(self, loan: int) -> Row:
        """The loan's row as it is in the database."""
        return self.inspector.rows("SELECT * FROM loans_loan WHERE id = %s", [loan])[0]

    def task_rows(self, *loans: int) -> list[Row]:
        """The tasks of loans, oldest first."""
        return self.inspector.rows(
            "SELECT * FROM loans_taskexecution WHERE loan_id = ANY(%s) ORDER BY id", [list(loans)]
        )

    def snapshot(self, loans: Iterable[int]) -> list[Row]:
        """Everything of some loans, to be compared with later."""
        return [self.loan_row(loan) for loan in loans] + self.task_rows(*loans)

    def everything(self) -> Row:
        """All loans, tasks and customers, to be compared with later: rows as JSON gives them, by table.

        Of the contract's columns: what a fix counts in others (calls in a minute) changes by design.
        """
        return self.inspector.rows(
            "SELECT (SELECT json_agg(l ORDER BY id) FROM (SELECT id, customer_id, amount, tenure_months,"
            "  status, current_task_id, created_at FROM loans_loan) l) AS loans,"
            " (SELECT json_agg(t ORDER BY id) FROM (SELECT id, loan_id, task_type, is_completed,"
            "  started_at, completed_at FROM loans_taskexecution) t) AS tasks,"
            " (SELECT json_agg(c ORDER BY id) FROM (SELECT id, user_id, phone"
            "  FROM loans_customer) c) AS customers"
        )[0]

    def open_tasks(self, loan: int) -> list[Row]:
        return [row for row in self.task_rows(loan) if not row["is_completed"]]

    def newest_task(self, loan: int) -> int:
        """The id of the loan's newest task. Raises CannotDrive where there is none."""
        rows = self.task_rows(loan)
        if not rows:
            raise CannotDrive(f"loan {loan} has no task after a create")
        return int(rows[-1]["id"])

    def must(self, answer: Answer) -> Answer:
        """The answer, where it was accepted. Raises CannotDrive where it was not."""
        if not answer.accepted:
            raise CannotDrive(f"{answer.shown}, so that the check could not begin")
        return answer
