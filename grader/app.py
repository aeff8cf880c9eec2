"""The submission as a check sees it: people, loans, tasks, calls and rows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString, TypeVar, cast

import psycopg
from psycopg import sql

from grader.checking import CannotDrive, CheckFailed, NotApplicable
from grader.database.tenant import Inspector, Row
from grader.rig import Rig
from grader.scheduling.footprint import Catalogue
from grader.scheduling.replay import Replay
from grader.scheduling.stage import Stage
from grader.wire.unit import Unit
from grader.workers.worker import SubmissionError, WorkerLost

T = TypeVar("T")
LOANS = "/api/loans/"
CREATE = "/api/tasks/create/"
COMPLETE = "/api/tasks/complete/"
TASK_TYPES = ("KYC", "CREDIT_CHECK", "DISBURSEMENT")
MACHINE_TROUBLE = {"53100": "disk", "53200": "memory"}  # SQLSTATE
MOST_PAGES = 1_200


@dataclass(frozen=True)
class Person:
    """Somebody who calls the API. `customer` is None for a user without a Customer."""

    user: int
    username: str
    customer: int | None
    address: str


@dataclass(frozen=True)
class Call:
    """A call to be made."""

    method: str
    path: str
    body: Any = None
    by: Person | None = None
    headers: tuple[tuple[str, str], ...] = ()

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

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        return 400 <= self.status < 500

    @property
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
        link = self.data.get("next") if isinstance(self.data, dict) else None
        return link if isinstance(link, str) else None


@dataclass
class App:
    """A running submission. Every person is new, so that no throttle or cache meets another check's."""

    rig: Rig
    mark: int = 0  # where the wire's record was when the check began
    replay: Replay | None = None  # the one order to run, where that is all that is wanted
    notes: list[str] = field(default_factory=list)  # what a passed check has to say
    evidence: dict[str, Any] = field(default_factory=dict)  # and what it has to show
    limited: bool = False  # a list could not be read to its end, because of a limit on calls
    advice: list[str] = field(default_factory=list)  # what is worth saying and is not asked for
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def inspector(self) -> Inspector:
        assert self.rig.inspector is not None
        return self.rig.inspector

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

    # ---- the scene

    def make(self, *things: dict[str, Any]) -> list[dict[str, Any]]:
        """Rows through the submission's models. Raises CannotDrive where a model refuses them."""
        try:
            made: list[dict[str, Any]] = self.rig.worker("A").ask("make", things=list(things))["made"]
        except (SubmissionError, WorkerLost) as error:
            raise CannotDrive(f"the rows to start from can't be made: {error}") from error
        return made

    def new_name(self) -> tuple[str, str]:
        """A user name and an address that nobody has used."""
        number = next(self._count)
        return f"user{number}", f"10.{number // 62500 + 1}.{number // 250 % 250}.{number % 250 + 1}"

    def customer(self, *, staff: bool = False) -> Person:
        """A new user with a Customer."""
        name, address = self.new_name()
        made = self.make({"kind": "customer", "username": name, "staff": staff})[0]
        return Person(made["user"], name, made["customer"], address)

    def customers(self, count: int) -> list[Person]:
        """Several at once."""
        names = [self.new_name() for _ in range(count)]
        made = self.make(*({"kind": "customer", "username": name} for name, _ in names))
        return [
            Person(row["user"], name, row["customer"], address)
            for row, (name, address) in zip(made, names, strict=True)
        ]

    def owned_loan(self, *tasks: dict[str, Any], **fields: Any) -> tuple[Person, int, list[int]]:
        """A new customer with a loan and its tasks, all made in one go."""
        name, address = self.new_name()
        things: list[dict[str, Any]] = [{"kind": "customer", "username": name}]
        things += [{"kind": "loan", "customer": {"of": 0, "key": "customer"}, **fields}]
        things += [{"kind": "task", "loan": {"of": 1, "key": "loan"}, **task} for task in tasks]
        made = self.make(*things)
        owner = Person(made[0]["user"], name, made[0]["customer"], address)
        return owner, int(made[1]["loan"]), [int(row["task"]) for row in made[2:]]

    def user_without_customer(self) -> Person:
        name, address = self.new_name()
        made = self.make({"kind": "user", "username": name})[0]
        return Person(made["user"], name, None, address)

    def loan(self, owner: Person, **fields: Any) -> int:
        """A new loan; its id."""
        made = self.make({"kind": "loan", "customer": owner.customer, **fields})
        return int(made[0]["loan"])

    def task(self, loan: int, task_type: str = "KYC", **state: Any) -> int:
        """A task, open and current unless `completed` or `pointer` ("set", "null", "keep") say else."""
        made = self.make({"kind": "task", "loan": loan, "task_type": task_type, **state})
        return int(made[0]["task"])

    def loan_with(self, owner: Person, *tasks: dict[str, Any], **fields: Any) -> tuple[int, list[int]]:
        """A loan and its tasks, made in one go."""
        things: list[dict[str, Any]] = [{"kind": "loan", "customer": owner.customer, **fields}]
        things += [{"kind": "task", "loan": {"of": 0, "key": "loan"}, **task} for task in tasks]
        made = self.make(*things)
        return int(made[0]["loan"]), [int(row["task"]) for row in made[1:]]

    def _write(self, query: LiteralString | sql.Composed, parameters: Sequence[Any] = ()) -> None:
        """Write straight in the database. Raises NotApplicable where the submission's database refuses it."""
        try:
            self.inspector.execute(query, parameters)
        except psycopg.Error as error:
            raise NotApplicable(f"the database refuses the rows to start from: {error}") from error

    def grow_old(self, loan: int) -> None:
        """Let a loan and its tasks be a year and more old. Raises NotApplicable."""
        statements: tuple[LiteralString, ...] = (
            "UPDATE loans_loan SET created_at = created_at - interval '400 days' WHERE id = %s",
            "UPDATE loans_taskexecution SET started_at = started_at - interval '400 days' WHERE loan_id = %s",
        )
        for statement in statements:
            self._write(statement, [loan])

    def set_status(self, loan: int, status: str) -> None:
        """What somebody does in the admin. Raises NotApplicable."""
        self._write("UPDATE loans_loan SET status = %s WHERE id = %s", [status, loan])

    def save_task_below_the_api(self, loan: int, task_type: str, way: str) -> str | None:
        """Make an open task by `objects.create()` or `save()`; the name of what that raised, or None."""
        try:
            said = self.rig.worker("A").ask("bypass", loan=loan, task_type=task_type, way=way)
        except (SubmissionError, WorkerLost) as error:
            raise CannotDrive(f"the models can't be used: {error}") from error
        return said["raised"] if isinstance(said["raised"], str) else None

    def many_loans(self, owner: Person, count: int) -> None:
        """Many loans of one customer, a millisecond apart: copies in the database, else by the models."""
        template = self.loan(owner)
        rows = self.inspector.rows(
            "SELECT column_name AS name FROM information_schema.columns"
            " WHERE table_name = 'loans_loan' AND column_name <> 'id' AND is_generated = 'NEVER'"
        )
        names = [row["name"] for row in rows]
        values = [
            sql.SQL("created_at + n * interval '1 ms'") if name == "created_at" else sql.Identifier(name)
            for name in names
        ]
        query = sql.SQL(
            "INSERT INTO loans_loan ({names}) SELECT {values} FROM loans_loan,"
            " generate_series(1, {copies}) n WHERE id = {template}"
        ).format(
            names=sql.SQL(", ").join(map(sql.Identifier, names)),
            values=sql.SQL(", ").join(values),
            copies=sql.Literal(count - 1),
            template=sql.Literal(template),
        )
        try:
            self._write(query)
        except NotApplicable:
            self.make(*({"kind": "loan", "customer": owner.customer} for _ in range(count - 1)))

    @property
    def tables(self) -> set[str]:
        """The names of the submission's tables."""
        return set(self.catalogue.tables)

    def witness(self, call: Call) -> list[dict[str, str]]:
        """What nplusone says of a call: leads for people, never a verdict."""
        try:
            self.prepare(call, on="B")
            said = self.rig.worker("B").ask("witness")["findings"]
        except (SubmissionError, WorkerLost):
            return []
        keys = ("label", "model", "field", "relation")
        return [{key: str(lead.get(key) or "") for key in keys} for lead in said if isinstance(lead, dict)]

    def try_status(self, loan: int, status: str) -> bool:
        """Set a status that a constraint of the submission may forbid; whether it is so now."""
        try:
            self.set_status(loan, status)
        except NotApplicable:
            return False
        return True

    # ---- calls

    def call(self, call: Call, *, on: str = "A", forced: bool = True, counted: bool = False) -> Answer:
        """Make a call on one of the workers. A crash or time-out is an answer with status 599.

        `counted`: with Django's own count of the call's statements, beside the wire's.
        """
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
        address = person.address if person else self.new_name()[1]
        return {
            "method": call.method,
            "path": call.path,
            "body": body,
            "user": person.user if person else None,
            "address": address,
            "forced": forced,
            "headers": dict(call.headers),
            "counted": counted,
        }

    @staticmethod
    def answer(call: Call, said: dict[str, Any], statements: tuple[Unit, ...] = ()) -> Answer:
        """An answer from what a worker said; nothing in it is trusted to be of any form."""
        status, text = said.get("status"), said.get("body")
        error = str(SubmissionError.of(said["error"])) if isinstance(said.get("error"), dict) else ""
        return Answer(
            call,
            status if isinstance(status, int) else 599,
            text if isinstance(text, str) else "",
            statements,
            error,
            said.get("counted") if isinstance(said.get("counted"), int) else None,
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
        first = page = self.list_loans(by, on=on)
        loans = list(first.loans)
        for _ in range(MOST_PAGES):
            if not page.next_page:
                break
            call = Call("GET", LOANS + "?" + page.next_page.partition("?")[2], by=by)
            page = self.call(call, on=on)
            if page.status == 429:
                self.rig.workers[on].stop()
                page = self.call(call, on=on)
            if page.status == 429:
                self.limited = True
                break
            loans += page.loans
        return first, loans

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
        """All loans, tasks and customers, to be compared with later."""
        return self.inspector.rows(
            "SELECT (SELECT string_agg(l::text, '\n' ORDER BY id) FROM loans_loan l) AS loans,"
            " (SELECT string_agg(t::text, '\n' ORDER BY id) FROM loans_taskexecution t) AS tasks,"
            " (SELECT string_agg(c::text, '\n' ORDER BY id) FROM loans_customer c) AS customers"
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


def creating(by: Person | None, loan: Any, task_type: Any = "KYC") -> Call:
    return Call("POST", CREATE, {"loan_id": loan, "task_type": task_type}, by)


def completing(by: Person | None, task: Any) -> Call:
    return Call("POST", COMPLETE, {"task_id": task}, by)
