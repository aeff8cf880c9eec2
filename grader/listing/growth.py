"""Whether a list of more rows takes more queries, in words and as data (A)."""

from __future__ import annotations

from collections import Counter
from typing import Any, TypedDict

from grader.app import App
from grader.calls import LOANS, Answer, Call, Person
from grader.checking import CheckFailed, expect
from grader.leads import places, witness
from grader.listing.rows import KINDS, loans_with_tasks
from grader.queries import WHY, NumQueries
from grader.terminal import shorten


class Caller(TypedDict, total=False):
    """What `App.customer` is told of somebody."""

    staff: bool
    superuser: bool


CUSTOMER: Caller = {}
STAFF: Caller = {"staff": True, "superuser": False}
SUPERUSER: Caller = {"staff": True}


def most_repeated(answer: Answer) -> str:
    """The statement that was sent most often, with how often."""
    shapes = Counter("".join(c for c in u.sql if not c.isdigit()) for u in answer.queries)
    if not shapes:
        return "nothing"
    shape, count = shapes.most_common(1)[0]
    return f"{count} × {shorten(' '.join(shape.split()))}"


def growth(app: App, answers: dict[str, Answer], caller: Person) -> tuple[str, dict[str, Any]]:
    """How the queries grow, in words and as data; nplusone names what is read one by one."""
    counts = {name: len(answer.queries) for name, answer in answers.items()}
    longest = max(answers.values(), key=lambda answer: len(answer.queries))
    call = Call("GET", LOANS, by=caller)
    leads = witness(app, call)
    named = sorted({f"{lead['model']}.{lead['field']}" for lead in leads if lead["label"] == "n_plus_one"})
    words = ", ".join(f"{count} for {name}" for name, count in counts.items())
    words += f"; most often: {most_repeated(longest)}"
    words += f"; read one by one: {', '.join(named)}" if named else ""
    sent_from = places(app, call)
    words += f"; sent from {sent_from[0].partition(': ')[0]}" if sent_from else ""
    return words, {
        "queries": counts,
        "counted_by_django": {name: answer.counted for name, answer in answers.items()},
        "repeated": most_repeated(longest),
        "relations": named,
        "sent_from": sent_from,
    }


class Growth:
    """Lists of more and more rows, and whether they took as many queries each time.

    Each is counted twice: the first list that meets these rows, after the process listed others, so that what
    only the first call of a process sends is no growth; and the next one, of the same rows.
    """

    def __init__(self, app: App, assert_num_queries: NumQueries) -> None:
        self._app, self._assert_num_queries = app, assert_num_queries
        self._first: dict[str, Answer] = {}
        self._next: dict[str, Answer] = {}

    def begin(self) -> None:
        """A list of others' rows of all kinds, which are gone then."""
        self._app.inspector.clear()
        somebody = self._app.customer()
        loans_with_tasks(self._app, [somebody], len(KINDS))
        self._app.list_loans(somebody)
        self._app.inspector.clear()

    def count(self, name: str, caller: Person) -> None:
        self._first[name] = answered(self._app.list_loans(caller, counted=True))
        self._next[name] = answered(self._app.list_loans(caller, counted=True))
        self._caller = caller

    def assert_none(self) -> None:
        """The last list's rows are still there."""
        for answers in (self._first, self._next):
            counts = [len(answer.queries) for answer in answers.values()]
            if len({*counts}) > 1:
                words, evidence = growth(self._app, answers, self._caller)
                seen, expected = (
                    f"not as many queries each time: {words}",
                    "the same number of queries for each",
                )
                raise CheckFailed(seen, expected, WHY, evidence)
        with self._assert_num_queries(counts[0], lambda: growth(self._app, answers, self._caller)):
            self._app.list_loans(self._caller)
        self._app.evidence["queries"] = {name: len(answer.queries) for name, answer in self._next.items()}


def kinds_of_callers(app: App) -> list[Caller]:
    """An owner, and staff where staff see others' loans (contract, A); of those one kind where all do."""
    if sees_others_loans(app, CUSTOMER):
        return [CUSTOMER, STAFF]
    return [CUSTOMER, *(kind for kind in (STAFF, SUPERUSER) if sees_others_loans(app, kind))]


def sees_others_loans(app: App, kind: Caller) -> bool:
    """Whether somebody's list holds the loans of others."""

    def look() -> bool:
        _, theirs, _ = app.owned_loan()
        _, loans = app.list_all(app.customer(**kind))
        return any(loan.get("id") == theirs for loan in loans)

    return app.once(f"sees others' loans: {kind}", look)


def answered(answer: Answer) -> Answer:
    expect(
        answer.status == 200 and answer.loans,
        observed=f"{answer.shown}, {len(answer.loans)} loans in it",
        expected="200 and the loans",
        why="An answer without the loans is quick, and useless.",
    )
    return answer
