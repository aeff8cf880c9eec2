"""The loan list stays quick however many loans there are."""

import re
from collections import Counter
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from grader.app import App
from grader.baseline import assert_the_rest_works
from grader.calls import LOANS, TASK_TYPES, Answer, Call, Person
from grader.checking import CannotDrive, NotApplicable, check, expect
from grader.content import differences
from grader.queries import WHY, NumQueries
from grader.terminal import shorten
from grader.wire.sql import understand
from grader.wire.unit import Unit

MANY = 1_040  # loans, more than one answer may hold (contract, A)
SIZES = ("page_size", "limit", "size", "per_page")
BIG = ("1000000", "99999", "1001", "0", "all")
EVERYTHING = "?paginate=false&pagination=off&no_page=1&nopage=1&all=true&export=1&page=all"
FEW = 3  # queries
AMOUNTS = ("50000.50", "1000.00", "250000.00", "99999999.99")
TENURES = (24, 360, 1)
KINDS = ("at work", "idle", "without tasks", "COMPLETED", "REJECTED")
SUM = re.compile(r"^SELECT (SUM|AVG|MIN|MAX|COUNT)\(", re.IGNORECASE)  # one row for all loans
TASK_KEYS = {"id", "loan", "task_type", "is_completed", "started_at", "completed_at"}
LOAN_KEYS = {"id", "customer", "customer_name", "amount", "tenure_months", "status", "created_at"}
LOAN_KEYS |= {"current_task", "current_task_type", "tasks"}
NEEDED = {"loans_loan", "loans_customer", "loans_taskexecution", "auth_user"}  # to make an answer of


def loans_with_tasks(app: App, owners: list[Person], loans: int, tasks: int = 2) -> list[int]:
    """Loans spread over their owners, of five kinds by turns: at work, idle, without tasks, and closed."""
    things: list[dict[str, Any]] = []
    for number in range(loans):
        owner = owners[number // 3 % len(owners)]
        about = {"amount": AMOUNTS[number % len(AMOUNTS)], "tenure_months": TENURES[number % len(TENURES)]}
        things.append({"kind": "loan", "customer": owner.customer, **about})
        task = {"kind": "task", "loan": {"of": len(things) - 1, "key": "loan"}}
        if KINDS[number % len(KINDS)] != "without tasks":
            things += [{**task, "completed": True, "pointer": "null"} for _ in range(tasks - 1)]
            is_open = KINDS[number % len(KINDS)] == "at work"
            things.append(
                {**task, "task_type": TASK_TYPES[1 + number % 2], "completed": not is_open}
                | ({} if is_open else {"pointer": "null"})
            )
    ids = [row["loan"] for row in app.make(*things) if "loan" in row]
    for status in ("COMPLETED", "REJECTED"):
        if some := [loan for n, loan in enumerate(ids) if KINDS[n % len(KINDS)] == status]:
            app.try_status(some, status)
    return ids


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
    leads = app.witness(Call("GET", LOANS, by=caller))
    named = sorted({f"{lead['model']}.{lead['field']}" for lead in leads if lead["label"] == "n_plus_one"})
    words = ", ".join(f"{count} for {name}" for name, count in counts.items())
    words += f"; most often: {most_repeated(longest)}"
    words += f"; read one by one: {', '.join(named)}" if named else ""
    return words, {
        "queries": counts,
        "counted_by_django": {name: answer.counted for name, answer in answers.items()},
        "repeated": most_repeated(longest),
        "relations": named,
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
            expect(
                len({*counts}) == 1,
                observed=f"not as many queries each time: {growth(self._app, answers, self._caller)[0]}",
                expected="the same number of queries for each",
                why=WHY,
                **growth(self._app, answers, self._caller)[1],
            )
        with self._assert_num_queries(counts[0], lambda: growth(self._app, answers, self._caller)):
            self._app.list_loans(self._caller)


@check(level="pass", points=15, cost=0.05)
def test_the_list_is_complete_and_right(app: App) -> None:
    """The list holds all of the caller's loans with the keys and values that are in the database."""
    owner = app.customer()
    bare = app.loan(owner)
    ids = [bare, *loans_with_tasks(app, [owner], 5)]
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


@check(level="pass", points=5, cost=0.2)
def test_no_loan_is_left_out(app: App) -> None:
    """All of a customer's loans can be reached, on one page or by the links to the next."""
    owner = app.customer()
    app.many_loans(owner, MANY)
    page = len(app.list_loans(owner).loans) or 1
    total = MANY + (1 - MANY) % page if page < MANY else MANY
    if total > MANY:
        app.many_loans(owner, total - MANY)
    pages = assert_all_reachable(app, owner, total)  # the last of them is alone on its page
    if 1 < page <= MANY // 2:
        app.inspector.clear()  # the app may list everybody's
        other = app.customer()
        app.many_loans(other, 2 * page)
        assert_all_reachable(app, other, 2 * page)
    if len(pages) > 2 and page > FEW:
        counts = len(pages[1].queries), len(pages[-1].queries)
        expect(
            abs(counts[0] - counts[1]) < FEW,  # the last page need not be asked what comes after it
            observed=f"{counts[0]} queries for a later page of {page} loans, {counts[1]} for one loan",
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


@check(level="pass", points=25, cost=0.3)
def test_more_loans_cost_no_more_queries(app: App, assert_num_queries: NumQueries) -> None:
    """GET /api/loans/ runs as many queries for 30 loans as for 5 and for 2."""
    for staff in kinds_of_callers(app):
        lists = Growth(app, assert_num_queries)
        for size in (2, 5, 30):
            lists.begin()
            caller = app.customer(staff=staff)
            loans_with_tasks(app, [caller], size)
            lists.count(f"{size} loans", caller)
        lists.assert_none()


@check(level="pass", points=15, cost=0.05)
def test_more_customers_cost_no_more_queries(app: App, assert_num_queries: NumQueries) -> None:
    """The list runs as many queries for the loans of ten customers as for those of one."""
    if not (sees_others := [staff for staff in (False, True) if sees_others_loans(app, staff=staff)]):
        raise NotApplicable("nobody sees the loans of more than one customer")
    lists = Growth(app, assert_num_queries)
    for size in (1, 3, 10):
        lists.begin()
        caller = app.customer(staff=sees_others[0])
        loans_with_tasks(app, [caller], 5)
        loans_with_tasks(app, app.customers(size), 3 * size)
        lists.count(f"loans of {size} more customers", caller)
    lists.assert_none()


@check(level="pass", points=10, cost=0.25)
def test_more_tasks_cost_no_more_queries(app: App, assert_num_queries: NumQueries) -> None:
    """The list runs as many queries for loans with 12 tasks as for loans with one."""
    for staff in kinds_of_callers(app):
        lists = Growth(app, assert_num_queries)
        for size in (1, 4, 12):
            lists.begin()
            caller = app.customer(staff=staff)
            loans_with_tasks(app, [caller], 5, tasks=size)
            lists.count(f"{size} tasks a loan", caller)
        lists.assert_none()


def kinds_of_callers(app: App) -> list[bool]:
    """An owner, and staff where staff see others' loans (contract, A); whether each is staff."""
    return [False, True] if sees_others_loans(app, staff=True) else [False]


def sees_others_loans(app: App, *, staff: bool) -> bool:
    """Whether somebody's list holds the loans of others."""

    def look() -> bool:
        _, theirs, _ = app.owned_loan()
        _, loans = app.list_all(app.customer(staff=staff))
        return any(loan.get("id") == theirs for loan in loans)

    return app.once(f"sees others' loans, {staff}", look)


@check(level="pass", points=10, both=True)
def test_what_was_added_is_there_at_once(app: App) -> None:
    """A loan or task added after one call, through the API or in the database, is in the next list."""
    owner = app.customer()
    ids = loans_with_tasks(app, [owner], 2)
    for worker in ("A", "B"):
        app.list_loans(owner, on=worker)
    ids.append(app.loan(owner))
    assert_fresh(app, owner, ids, "after a loan was added in the database")
    app.must(app.create_loan(owner))
    made = app.inspector.rows("SELECT id FROM loans_loan WHERE customer_id = %s", [owner.customer])
    ids = [row["id"] for row in made]
    assert_fresh(app, owner, ids, "after a loan was added through the API")
    app.must(app.create_task(owner, ids[2]))
    assert_fresh(app, owner, ids, "after a task was created through the API")
    app.must(app.complete_task(owner, app.newest_task(ids[2])))
    assert_fresh(app, owner, ids, "after a task was completed through the API")
    with suppress(CannotDrive):  # a fix may let tasks begin only where none is open, and open
        app.task(ids[0], "KYC", completed=True, pointer="keep")
    assert_fresh(app, owner, ids, "after a task was added in the database")
    if app.try_status(ids[1], "REJECTED"):
        assert_fresh(app, owner, ids, "after a loan was rejected in the admin")
    app.rename(owner)
    assert_fresh(app, owner, ids, "after the customer took another username")


def assert_fresh(app: App, owner: Person, ids: list[int], when: str) -> None:
    for worker in ("A", "B"):
        wrong = differences(app, ids, app.list_all(owner, on=worker)[1])
        expect(
            not wrong,
            observed=f"{when}: {'; '.join(wrong[:3])}",
            expected="the list as it is in the database now",
            why="A list that is quick because it is old sends people to loans as they were.",
        )


@check(level="pass", points=5, cost=0.05)
def test_everything_else_still_works(app: App) -> None:
    """A loan can be made, listed, and taken through a task, as before."""
    assert_the_rest_works(app)


@check(level="distinction", points=5, cost=0.25)
def test_the_answer_is_bounded(app: App) -> None:
    """No request gets more than 1,000 loans at once, whatever it asks for."""
    names = [n for n in app.names(Call("GET", LOANS, by=app.customer()), "query") if n not in SIZES]
    own = ["?" + urlencode({name: value}) for name in names for value in (BIG[0], BIG[-1])]
    together = ["?" + urlencode(dict.fromkeys(SIZES, value)) for value in BIG]
    asker, boss = Asker(app, staff=False), Asker(app, staff=True)
    answered(asker.ask(""))
    if asker.ask(together[0]).refused:  # some of these names go together in no app
        together += [f"?{size}={value}" for size in SIZES for value in (BIG[0], BIG[3])]
    asked = [(asker, query) for query in (*together, EVERYTHING, *own)]
    asked += [(boss, query) for query in ("", *own)]
    for who, query in asked:
        answer = who.ask(query)
        expect(
            answer.status < 500 and len(answer.loans) <= 1_000,
            observed=f"{answer.status} with {len(answer.loans)} loans in one answer to GET {LOANS}{query}",
            expected="at most 1,000 loans in one answer, or a refusal",
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


@check(level="distinction", points=5, cost=0.05, both=True)
def test_nothing_is_loaded_that_the_answer_does_not_need(app: App) -> None:
    """The list neither joins nor prefetches what no key of the answer shows."""
    owner, newcomer = app.customers(2)
    loans_with_tasks(app, [owner], 5)
    fields = {"customer", "user", "current_task", "tasks"}
    with_loans, without = answered(app.list_loans(owner)), app.list_loans(newcomer)
    unneeded = sorted(loaded_tables(app, with_loans) - NEEDED - tables_read(app, without))
    unneeded += [
        f"{lead['model']}.{lead['field']}"
        for lead in app.witness(Call("GET", LOANS, by=owner))
        if lead["label"] == "unused_eager_load" and lead["relation"] and lead["field"] not in fields
    ]
    unneeded = unneeded[further_keys(with_loans) :]  # a fix may show more, and must read it then
    unneeded += read_twice(with_loans, without)
    expect(
        not unneeded,
        observed=f"also read: {', '.join(unneeded)}",
        expected="only what the answer shows is read",
        why="An eager load that nobody needs makes every call slower for nothing.",
    )


def further_keys(answer: Answer) -> int:
    """How many keys loans and tasks have beside those that the contract names."""
    loans = answer.loans
    tasks = [task for loan in loans for task in loan.get("tasks") or () if isinstance(task, dict)]
    known = (LOAN_KEYS, TASK_KEYS)
    return sum(
        len({*key} - keys) for some, keys in zip((loans, tasks), known, strict=True) for key in some[:1]
    )


def read_twice(answer: Answer, without: Answer) -> list[str]:
    """What of the loans and their tasks is fetched a second time, beyond what a list without loans reads."""
    same = Counter(u.sql for u in answer.queries if u.statement.words & {"loans_loan", "loans_taskexecution"})
    same -= Counter(u.sql for u in without.queries)
    found = [f"the same once more: {shorten(statement)}" for statement, times in same.items() if times > 1]
    amounts = [
        unit for unit in answer.queries if "amount" in fetched_words(unit) and not SUM.search(unit.sql)
    ]
    for unit in answer.queries:
        bare = re.sub(r"\w+\([^()]*\)", "", fetched(unit))  # what an aggregate is made of is not fetched
        columns = Counter(re.findall(r'"(?:auth_user|loans_\w+)"\."\w+"', bare))
        found += [f"{column} twice" for column, times in columns.items() if times > 1]
    return found + (["the loans once more"] if len(amounts) > 1 else [])


def fetched(unit: Unit) -> str:
    """What a statement fetches."""
    return re.split(r"\sFROM\s", unit.sql, maxsplit=1, flags=re.IGNORECASE)[0]


def fetched_words(unit: Unit) -> frozenset[str]:
    return understand(fetched(unit)).words


def tables_read(app: App, answer: Answer) -> set[str]:
    """The tables that a call reads without loans: who may see what is no eager load."""
    words = [unit.statement.words for unit in answer.queries]
    return app.tables & {word for some in words if not some & NEEDED for word in some}


def loaded_tables(app: App, answer: Answer) -> set[str]:
    """The tables whose columns a list fetches with its loans, and those that it reads apart."""
    found = tables_read(app, answer)
    for unit in answer.queries:
        found |= app.tables & fetched_words(unit)
    return found


def answered(answer: Answer) -> Answer:
    expect(
        answer.status == 200 and answer.loans,
        observed=f"{answer.shown}, {len(answer.loans)} loans in it",
        expected="200 and the loans",
        why="An answer without the loans is quick, and useless.",
    )
    return answer
