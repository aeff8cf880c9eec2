"""The loan list stays quick however many loans there are."""

from contextlib import suppress

from grader.app import App
from grader.baseline import assert_the_rest_works
from grader.calls import Person
from grader.checking import NotApplicable, check, expect
from grader.content import differences
from grader.listing.fresh import assert_fresh_after_writes
from grader.listing.growth import (
    CUSTOMER,
    STAFF,
    SUPERUSER,
    Growth,
    answered,
    kinds_of_callers,
    sees_others_loans,
)
from grader.listing.loading import (
    NEEDED,
    counted_for_nothing,
    further_keys,
    loaded_tables,
    read_twice,
    reads_tasks,
    tables_read,
    unused_by_nplusone,
)
from grader.listing.pages import (
    FEW,
    MANY,
    Asker,
    assert_all_reachable,
    assert_bounded,
    assert_later_pages,
)
from grader.listing.rows import loans_with_tasks
from grader.queries import NumQueries

MANY_TASKS = 60  # of one loan


@check(level="pass", points=15, cost=0.05)
def test_the_list_is_complete_and_right(app: App) -> None:
    """The list holds all of the caller's loans with the keys and values that are in the database."""
    owner = app.customer()
    bare = app.loan(owner)
    ids = [bare, *loans_with_tasks(app, [owner], 5)]
    with suppress(NotApplicable):  # a fix may forbid it
        app.many_tasks(bare, MANY_TASKS)
    app.loan(app.customer())
    first, loans = app.list_all(owner)
    expect(
        first.status == 200,
        observed=first.shown,
        expected="200 with the caller's loans",
        why="A list that can't be read is no list.",
    )
    wrong = differences(app, ids, loans)
    expect(
        not wrong,
        observed="; ".join(wrong[:3]),
        expected="each loan of the caller once, keys and values as before",
        why="Clients read these keys; a quick answer that is not the same answer is no fix.",
        differences=wrong,
    )
    newcomer = app.customer()
    made = app.must(app.create_loan(newcomer))
    loan = app.inspector.rows("SELECT id FROM loans_loan WHERE customer_id = %s", [newcomer.customer])[0]
    wrong = differences(app, [loan["id"]], [made.data] if isinstance(made.data, dict) else [])
    expect(
        not wrong,
        observed=f"the answer to {made.call.shown}: {'; '.join(wrong[:3])}",
        expected="the new loan, keys and values as before",
        why="Clients read these keys; a quick answer that is not the same answer is no fix.",
        differences=wrong,
    )


@check(level="pass", points=5, cost=0.2)
def test_no_loan_is_left_out(app: App) -> None:
    """All of a customer's loans can be reached, at once or by links to further pages as good as the first."""
    for kind in kinds_of_callers(app):
        app.inspector.clear()
        assert_none_left_out(app, app.customer(**kind))


def assert_none_left_out(app: App, owner: Person) -> None:
    app.many_loans(owner, MANY)
    first = app.list_loans(owner)
    if len({loan.get("id") for loan in first.loans}) == MANY and not first.next_page:
        return  # all at once
    page = len(first.loans) or 1
    total = MANY + (1 - MANY) % page if page < MANY else MANY
    if total > MANY:
        app.many_loans(owner, total - MANY)
    pages = assert_all_reachable(app, owner, total)  # the last of them is alone on its page
    if owner.rank:
        return  # what follows does not depend on who asks
    if len(pages) > 2 and page >= FEW and not app.limited:
        assert_later_pages(app, pages)
    if 1 < page <= MANY // 2:
        app.inspector.clear()  # the app may list everybody's
        other = app.customer()
        app.many_loans(other, 2 * page)
        assert_all_reachable(app, other, 2 * page)


@check(level="pass", points=5, both=True)
def test_everybody_sees_their_own_list(app: App) -> None:
    """Two people who list one after the other, with nothing written between, each see their own loans."""
    one, two = app.customers(2)
    loans = {person: loans_with_tasks(app, [person], 3) for person in (one, two)}
    for worker in ("A", "B"):
        for person in (one, two):
            app.list_loans(person, on=worker)
        for person in (one, two, one):
            wrong = differences(app, loans[person], app.list_all(person, on=worker)[1])
            expect(
                not wrong,
                observed=f"for {person.username}: {'; '.join(wrong[:3])}",
                expected="the caller's own loans",
                why="A cache that does not know whose list it holds shows it to everybody.",
            )


@check(level="pass", points=25, cost=0.2)
def test_more_loans_cost_no_more_queries(app: App, assert_num_queries: NumQueries) -> None:
    """GET /api/loans/ runs as many queries for 30 loans as for 5 and for 2."""
    for kind in kinds_of_callers(app):
        lists = Growth(app, assert_num_queries)
        for size in (2, 5, 30):
            lists.begin()
            caller = app.customer(**kind)
            loans_with_tasks(app, [caller], size)
            lists.count(f"{size} loans", caller)
        lists.assert_none()


@check(level="pass", points=15, cost=0.05)
def test_more_customers_cost_no_more_queries(app: App, assert_num_queries: NumQueries) -> None:
    """The list runs as many queries for the loans of ten customers as for those of one."""
    if not (kinds := [kind for kind in (CUSTOMER, STAFF, SUPERUSER) if sees_others_loans(app, kind)]):
        raise NotApplicable("nobody sees the loans of more than one customer")
    for kind in kinds[:1] if kinds[0] == CUSTOMER else kinds:  # where all do, `kinds_of_callers` has staff
        lists = Growth(app, assert_num_queries)
        for size in (1, 3, 10):
            lists.begin()
            caller = app.customer(**kind)
            loans_with_tasks(app, [caller], 5)
            loans_with_tasks(app, app.customers(size), 3 * size)
            lists.count(f"loans of {size} more customers", caller)
        lists.assert_none()


@check(level="pass", points=10, cost=0.2)
def test_more_tasks_cost_no_more_queries(app: App, assert_num_queries: NumQueries) -> None:
    """The list runs as many queries for loans with 12 tasks as for loans with one."""
    for kind in kinds_of_callers(app):
        lists = Growth(app, assert_num_queries)
        for size in (1, 4, 12):
            lists.begin()
            caller = app.customer(**kind)
            loans_with_tasks(app, [caller], 5, tasks=size)
            lists.count(f"{size} tasks a loan", caller)
        lists.assert_none()


@check(level="pass", points=10, both=True)
def test_what_was_added_is_there_at_once(app: App) -> None:
    """A loan or task added after one call, through the API or in the database, is in the next list."""
    for kind in kinds_of_callers(app):
        assert_fresh_after_writes(app, app.customer(**kind))


@check(level="pass", points=5, cost=0.05)
def test_everything_else_still_works(app: App) -> None:
    """A loan can be made, listed, and taken through a task, as before."""
    assert_the_rest_works(app)


@check(level="distinction", points=5, cost=0.25)
def test_the_answer_is_bounded(app: App) -> None:
    """No request gets more than 1,000 loans at once, whatever it asks for."""
    for kind in (CUSTOMER, SUPERUSER):
        asker = Asker(app, kind)
        assert_bounded(answered(asker.ask("")))
        for answer in asker.ask_for_more():
            assert_bounded(answer)


@check(level="distinction", points=5, cost=0.05, both=True)
def test_nothing_is_loaded_that_the_answer_does_not_need(app: App) -> None:
    """The list neither joins nor prefetches what no key of the answer shows."""
    owner = app.customer()
    loans_with_tasks(app, [owner], 5)
    with_loans, leads = answered(app.list_loans(owner)), unused_by_nplusone(app, owner)
    app.inspector.clear()
    without = app.list_loans(app.customer())
    beside = tables_read(app, without)
    unneeded = sorted(loaded_tables(app, with_loans) - NEEDED - beside)
    known = {*beside, *unneeded}  # a relation of one of these tables is told of already
    unneeded += [lead for lead, field in leads if not any(field in table for table in known)]
    # A fix may show more, and must read it then; or may have the tasks elsewhere.
    unneeded = unneeded[further_keys(with_loans) + (not reads_tasks(with_loans)) :]
    unneeded += read_twice(with_loans, without) + counted_for_nothing(with_loans)
    expect(
        not unneeded,
        observed=f"also read: {', '.join(unneeded)}",
        expected="only what the answer shows is read",
        why="An eager load that nobody needs makes every call slower for nothing.",
    )
