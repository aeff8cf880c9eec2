"""Makes the people, loans and tasks that a check starts from."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from grader.calls import Person
from grader.checking import CannotDrive, NotApplicable
from grader.database.inspector import Inspector
from grader.rig import Rig
from grader.workers.worker import SubmissionError, WorkerLost

MADE = {"customer": ("user", "customer"), "user": ("user",), "loan": ("loan",), "task": ("task",)}  # keys


def _is_made(thing: dict[str, Any], row: Any) -> bool:
    """Whether what a worker says that it made tells the keys of what it was to make."""
    return isinstance(row, dict) and all(isinstance(row.get(key), int | str) for key in MADE[thing["kind"]])


class Making:
    """What `App` can make: through the submission's models, or straight in the database."""

    rig: Rig
    count: itertools.count[int]

    @property
    def inspector(self) -> Inspector:
        """The trusted process's own look into the database."""
        assert self.rig.inspector is not None
        return self.rig.inspector

    def make(self, *things: dict[str, Any]) -> list[dict[str, Any]]:
        """Rows through the submission's models. Raises CannotDrive where a model refuses them."""
        try:
            made: list[dict[str, Any]] = self.rig.worker("A").ask("make", things=list(things))["made"]
        except (SubmissionError, WorkerLost) as error:
            raise CannotDrive(f"the rows to start from can't be made: {error}") from error
        if len(made) != len(things) or not all(map(_is_made, things, made)):
            raise CannotDrive("the rows to start from can't be made: the app answered with nonsense")
        return made

    def new_name(self) -> tuple[str, str]:
        """A user name and an address that nobody has used."""
        number = next(self.count)
        return f"user{number}", f"10.{number // 62500 + 1}.{number // 250 % 250}.{number % 250 + 1}"

    def customer(
        self, *, staff: bool = False, superuser: bool | None = None, username: str = "", **about: str
    ) -> Person:
        """A new user with a Customer; staff are superusers unless told otherwise. `about`: a phone."""
        name, address = self.new_name()
        name, superuser = username or name, staff if superuser is None else superuser
        thing = {"kind": "customer", "username": name, "staff": staff, "superuser": superuser, **about}
        made = self.make(thing)[0]
        rank = "superuser" if superuser else "staff" if staff else ""
        return Person(made["user"], name, made["customer"], address, rank)

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
        if self.inspector.rows("SELECT 1 AS one FROM loans_customer WHERE user_id = %s", [made["user"]]):
            raise NotApplicable("the app makes a Customer for every user")
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

    def grow_old(self, *loans: int) -> None:
        """Let loans and their tasks be a year and more old. Raises NotApplicable."""
        old = "- interval '400 days' WHERE"
        for statement in (
            f"UPDATE loans_loan SET created_at = created_at {old} id = ANY(%s)",
            f"UPDATE loans_taskexecution SET started_at = started_at {old} loan_id = ANY(%s)",
        ):
            self._write(statement, [list(loans)])

    def point_back(self, *loans: int) -> None:
        """Let loans point to their newest task, which is completed. Raises NotApplicable."""
        self._write(
            "UPDATE loans_loan l SET current_task_id ="
            " (SELECT max(id) FROM loans_taskexecution t WHERE t.loan_id = l.id) WHERE id = ANY(%s)",
            [list(loans)],
        )

    def correct(self, loan: int) -> None:
        """Another amount and tenure, as somebody corrects them in the admin. Raises NotApplicable."""
        self._write(
            "UPDATE loans_loan SET amount = amount + 1, tenure_months = tenure_months + 1 WHERE id = %s",
            [loan],
        )

    def many_tasks(self, loan: int, count: int) -> None:
        """Many completed tasks of a loan: copies in the database. Raises NotApplicable."""
        self.task(loan, completed=True, pointer="keep")
        self._copy("loans_taskexecution", "loan_id", loan, count - 1)

    def set_status(self, loan: int | list[int], status: str) -> None:
        """What somebody does in the admin. Raises NotApplicable."""
        loans = loan if isinstance(loan, list) else [loan]
        self._write("UPDATE loans_loan SET status = %s WHERE id = ANY(%s)", [status, loans])

    def rename(self, person: Person) -> None:
        """Let a user take another username, by the submission's own model. Raises CannotDrive."""
        try:
            self.rig.worker("A").ask("rename", user=person.user, username=f"{person.username}-renamed")
        except (SubmissionError, WorkerLost) as error:
            raise CannotDrive(f"a user can't be renamed: {error}") from error

    def sign_in_anew(self, person: Person) -> None:
        """Give somebody another session, as from another browser. Raises CannotDrive."""
        try:
            self.rig.worker("A").ask("sign_out", user=person.user)
        except (SubmissionError, WorkerLost) as error:
            raise CannotDrive(f"a user can't sign in once more: {error}") from error

    def save_task_below_the_api(self, loan: int, task_type: str, way: str) -> str | None:
        """Make an open task by `objects.create()` or `save()`; the name of what that raised, or None."""
        try:
            said = self.rig.worker("A").ask("bypass", loan=loan, task_type=task_type, way=way)
        except (SubmissionError, WorkerLost) as error:
            raise CannotDrive(f"the models can't be used: {error}") from error
        return said["raised"] if isinstance(said["raised"], str) else None

    def delete_tasks(self, loan: int) -> None:
        """Delete a loan's tasks by the ORM, as the admin does. Raises CannotDrive."""
        try:
            self.rig.worker("A").ask("delete_tasks", loan=loan)
        except (SubmissionError, WorkerLost) as error:
            raise CannotDrive(f"a task can't be deleted: {error}") from error

    def copy_task(self, task: int, count: int) -> None:
        """Copies of a task in the database. Raises NotApplicable."""
        self._copy("loans_taskexecution", "id", task, count)

    def many_loans(self, owner: Person, count: int) -> None:
        """Many loans of one customer: copies in the database, where it takes them, else by the models."""
        template = self.loan(owner)
        try:
            self._copy("loans_loan", "id", template, count - 1)
        except NotApplicable:
            self.make(*({"kind": "loan", "customer": owner.customer} for _ in range(count - 1)))

    def _copy(self, table: LiteralString, key: LiteralString, value: int, copies: int) -> None:
        """Copies of the one row of a table whose `key` is `value`. Raises NotApplicable."""
        rows = self.inspector.rows(
            "SELECT column_name AS name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
            [table],
        )
        names = [row["name"] for row in rows]
        values = [
            # Times of their own: DRF's pages by a cursor, on a time as in its documentation, need that.
            sql.SQL("created_at + n * interval '1 ms'") if name == "created_at" else sql.Identifier(name)
            for name in names
        ]
        self._write(
            sql.SQL(
                "INSERT INTO {table} ({names}) SELECT {values} FROM {table},"
                " generate_series(1, {copies}) n WHERE {key} = {value}"
            ).format(
                table=sql.Identifier(table),
                names=sql.SQL(", ").join(map(sql.Identifier, names)),
                values=sql.SQL(", ").join(values),
                copies=sql.Literal(copies),
                key=sql.Identifier(key),
                value=sql.Literal(value),
            )
        )

    def try_tasks(self, *loans: int) -> None:
        """An open task for each of some loans, where the submission's models take one."""
        with suppress(CannotDrive):
            self.make(*({"kind": "task", "loan": loan} for loan in loans))

    def try_status(self, loan: int | list[int], status: str) -> bool:
        """Set a status that a constraint or trigger of the submission may forbid; whether it is so now."""
        try:
            self.set_status(loan, status)
        except NotApplicable:
            return False
        loans = loan if isinstance(loan, list) else [loan]
        so = self.inspector.rows(
            "SELECT bool_and(status = %s) AS so FROM loans_loan WHERE id = ANY(%s)", [status, loans]
        )
        return bool(so[0]["so"])
