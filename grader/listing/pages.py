"""Lists of many loans: whether all can be reached, and how many one answer holds (A)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from grader.app import App
from grader.calls import LOANS, Answer, Call, Person
from grader.checking import NotApplicable, expect
from grader.content import differences
from grader.leads import PAGING
from grader.listing.fresh import AS_IT_IS, WHY_FRESH
from grader.listing.growth import Caller
from grader.queries import WHY

MOST_AT_ONCE = 1_000  # loans in one answer (contract, A)
MANY = 1_040  # loans, more than one answer may hold
FEW = 3  # queries
AT_WORK = 6  # loans of a later page that get a task, and are compared with the database
SIZES = ("page_size", "limit", "size", "per_page")
BIG = ("1000000", "99999", "1001", "0", "all", "-1")
FLAGS = ("true", "false", "1", "no", "NEW")  # and a status that all of them have
WHY_BOUNDED = "At a million loans one such request takes the server's memory and the customer's patience."
EVERYTHING = "?paginate=false&pagination=off&no_page=1&nopage=1&all=true&export=1&page=all"


def assert_later_pages(app: App, pages: list[Answer]) -> None:
    """A later page takes as many queries as the last, of one loan, and shows what was written since."""
    later, last = pages[1], pages[-1]
    shown = [[loan.get("id") for loan in page.loans[:AT_WORK]] for page in (later, last)]
    loans = [[one for one in ids if isinstance(one, int)] for ids in shown]
    app.try_tasks(*loans[0], *loans[1])
    asked = [app.call(page.call) for page in (later, last)]
    pairs = zip(loans, asked, strict=True)
    wrong = [one for ids, page in pairs for one in differences(app, ids, page.loans)]
    expect(
        not wrong,
        observed=f"on a later page, after tasks were added: {'; '.join(wrong[:3])}",
        expected=AS_IT_IS,
        why=WHY_FRESH,
    )
    counts = [len(page.queries) for page in asked]
    expect(
        abs(counts[0] - counts[1]) < FEW,  # the last page need not be asked what comes after it
        observed=f"{counts[0]} queries for a page of {len(later.loans)} loans, {counts[1]} for one loan",
        expected="the same number of queries for each",
        why=WHY,
    )


def assert_all_reachable(app: App, owner: Person, total: int) -> list[Answer]:
    """All of a customer's loans are on the pages, which are returned. Raises NotApplicable."""
    pages, loans = app.list_pages(owner)
    first = pages[0]
    found = len({loan.get("id") for loan in loans})
    count = first.data.get("count") if isinstance(first.data, dict) else None
    if app.limited and found == len(loans) > 0 and count in (None, total):
        raise NotApplicable(f"a limit on calls ended the reading after {found} loans, none of them twice")
    expect(
        found == total,
        observed=f"{found} of {total:,} loans, with all links to a next page followed",
        expected="all loans, at once or page by page",
        why="A list that is quick because it is cut off loses loans.",
    )
    return pages


def assert_bounded(answer: Answer) -> None:
    """One answer holds no more loans than the contract allows (A)."""
    expect(
        answer.status < 500 and len(answer.loans) <= MOST_AT_ONCE,
        observed=f"{answer.status} with {len(answer.loans)} loans in one answer to GET {answer.call.path}",
        expected=f"at most {MOST_AT_ONCE:,} loans in one answer, or a refusal",
        why=WHY_BOUNDED,
    )
    rows = max((unit.rows for unit in answer.queries), default=0)
    expect(
        rows <= MOST_AT_ONCE,
        observed=f"a statement that fetched {rows:,} rows, for {len(answer.loans)} loans in the answer",
        expected=f"at most {MOST_AT_ONCE:,} rows are fetched for one answer",
        why=WHY_BOUNDED,
    )


class Asker:
    """Lists the loans of somebody with many; somebody else's, once a limit on calls is met."""

    def __init__(self, app: App, kind: Caller) -> None:
        self._app, self._kind = app, kind
        self._owner = self._somebody()

    def _somebody(self) -> Person:
        owner = self._app.customer(**self._kind)
        self._app.many_loans(owner, MANY)
        return owner

    def ask(self, query: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
        answer = self._ask(query, headers)
        if answer.status == 429:
            self._owner = self._somebody()
            answer = self._ask(query, headers)
        return answer

    def _ask(self, query: str, headers: tuple[tuple[str, str], ...]) -> Answer:
        return self._app.call(Call("GET", LOANS + query, by=self._owner, headers=headers))

    def ask_for_more(self) -> Iterator[Answer]:
        """The answers to all that might ask for more than a page: by usual names, and by the app's own."""
        together = ["?" + urlencode(dict.fromkeys(SIZES, value)) for value in BIG]
        yield (first := self.ask(together[0]))
        if first.refused:  # some of these names go together in no app
            together += [f"?{size}={value}" for size in SIZES for value in BIG]
        for query in (*together[1:], EVERYTHING, *self._own_queries()):
            yield self.ask(query)
        yield self.ask("?format=csv", (("Accept", "text/csv, */*"),))
        names = {part: self._names(part) for part in ("headers", "cookies")}
        for value in BIG[:2] if any(names.values()) else ():
            pairs = [(name, value) for name in names["headers"]]
            cookies = "; ".join(f"{name}={value}" for name in names["cookies"])
            yield self.ask("", (*pairs, *([("Cookie", cookies)] if cookies else [])))

    def _own_queries(self) -> Iterator[str]:
        """Each name that the app looks for, with large sizes, flags, and what its loans would be found by."""
        loans = self._app.inspector.rows(
            "SELECT id FROM loans_loan WHERE customer_id = %s", [self._owner.customer]
        )
        of_the_loans = [str(self._owner.customer), ",".join(str(row["id"]) for row in loans)]
        for name in self._names("query"):
            if name not in {*SIZES, *PAGING}:
                yield from ("?" + urlencode({name: value}) for value in (*BIG, *FLAGS, *of_the_loans))
        choices = (choice.partition("=") for choice in self._names("query choices"))
        yield from ("?" + urlencode({name: value}) for name, _, value in choices)

    def _names(self, part: str) -> tuple[str, ...]:
        return self._app.names(Call("GET", LOANS, by=self._owner), part)
