"""Lists of many loans: whether all can be reached, and how many one answer holds (A)."""

from __future__ import annotations

from grader.app import App
from grader.calls import Answer, Person
from grader.checking import NotApplicable, expect

MOST_AT_ONCE = 1_000  # loans in one answer (contract, A)
MANY = 1_040  # loans, more than one answer may hold
SIZES = ("page_size", "limit", "size", "per_page")
BIG = ("1000000", "99999", "1001", "0", "all")
EVERYTHING = "?paginate=false&pagination=off&no_page=1&nopage=1&all=true&export=1&page=all"


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
        why="At a million loans one such request takes the server's memory and the customer's patience.",
    )


class Asker:
    """Lists the loans of somebody with many; somebody else's, once a limit on calls is met."""

    def __init__(self, app: App, *, staff: bool) -> None:
        self._app, self._staff = app, staff
        self._owner = self._somebody()

    def _somebody(self) -> Person:
        owner = self._app.customer(staff=self._staff)
        self._app.many_loans(owner, MANY)
        return owner

    def ask(self, query: str) -> Answer:
        answer = self._app.list_loans(self._owner, query=query)
        if answer.status == 429:
            self._owner = self._somebody()
            answer = self._app.list_loans(self._owner, query=query)
        return answer
