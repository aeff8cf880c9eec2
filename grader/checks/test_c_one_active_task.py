"""A loan has one active task at a time."""

from contextlib import suppress
from itertools import product

from grader.app import App, public
from grader.baseline import assert_the_rest_works
from grader.calls import TASK_TYPES, Person
from grader.checking import CannotDrive, NotApplicable, check, expect

WHY_NEXT = "Completed tasks must not block a loan, or no loan ever gets past its first step."
RULE_BROKEN = {400, 409, 422, 423}
# None, a stranger, and what a careless comparison takes for a type: another case, a type with more to it, a
# part of one, two of them, a name that the enumeration has, a label, a word too long for the column.
UNKNOWN_TYPES = (
    *(None, "", "COFFEE", "kyc", "KYC_AGAIN", "XKYC", "CREDIT", "KYC,CREDIT_CHECK", "KYC CREDIT_CHECK"),
    *("labels", "__class__", "Credit check", "DISBURSEMENT" * 3),
)
WHY = "Two active tasks for one loan mean two people at work on the same step, and nobody who knows."


def assert_refused(app: App, owner: Person, loan: int, task_type: object = "KYC", when: str = "") -> None:
    """A create is refused, and the loan and its tasks are as they were."""
    before = app.snapshot([loan])
    answer = app.create_task(owner, loan, task_type)
    after = app.snapshot([loan])
    expect(
        answer.status in RULE_BROKEN,
        observed=f"{answer.shown}{when}; the loan has {len(app.open_tasks(loan))} open tasks",
        expected="a refusal: 400, 409, 422 or 423",
        why=WHY,
        before=before,
        after=after,
    )
    expect(
        before == after,
        observed=f"{answer.shown}{when}, and still something was written",
        expected="a refusal leaves the loan and its tasks as they were",
        why="A caller who is told no relies on nothing having happened.",
        before=before,
        after=after,
    )


@check(level="pass", points=20, cost=0.15)
def test_a_second_task_is_refused_while_one_is_open(app: App) -> None:
    """While the current task is open, a create is refused and changes nothing, whatever the two types."""
    for first, second in product(TASK_TYPES, repeat=2):
        owner, loan, _ = app.owned_loan({"task_type": first})
        assert_refused(app, owner, loan, second, f" while a {first} task was open")


@check(level="pass", points=5)
def test_a_second_task_is_refused_whatever_else_is_so(app: App) -> None:
    """The same for each status of the loan, below a newer completed task, and for a task that is old."""
    for status in ("NEW", "COMPLETED", "REJECTED"):
        owner, loan, _ = app.owned_loan({"task_type": "KYC"})
        if app.try_status(loan, status):
            assert_refused(app, owner, loan, "CREDIT_CHECK", f" while a task was open on a {status} loan")
    newer = {"task_type": "CREDIT_CHECK", "completed": True, "pointer": "keep"}
    with suppress(CannotDrive):  # a fix may forbid it
        owner, loan, _ = app.owned_loan({"task_type": "KYC"}, newer)
        assert_refused(app, owner, loan, "KYC", " while a task was open below a newer completed one")
    owner, loan, _ = app.owned_loan({"task_type": "KYC"})
    app.grow_old(loan)
    assert_refused(app, owner, loan, "KYC", " while a task was open for a year")


@check(level="pass", points=10)
def test_a_second_task_is_refused_after_one_created_by_the_api(app: App) -> None:
    """Two creates one after the other: the first is accepted, the second refused."""
    for place, second in enumerate(TASK_TYPES):
        owner, loan, _ = app.owned_loan()
        first = app.create_task(owner, loan, TASK_TYPES[place - 1])
        expect(
            first.accepted,
            observed=first.shown,
            expected="2xx: the loan had no task yet",
            why="A rule that lets nobody work is no rule.",
        )
        assert_refused(app, owner, loan, second, " right after a first create")


@check(level="pass", points=20, cost=0.25)
def test_the_next_task_can_start_once_the_first_is_completed(app: App) -> None:
    """Once the task is completed, the next create succeeds, and the one after it is refused again."""
    for first, second in product(TASK_TYPES[:2], TASK_TYPES):
        owner, loan, _ = app.owned_loan()
        app.must(app.create_task(owner, loan, first))
        app.must(app.complete_task(owner, app.newest_task(loan)))
        if app.loan_row(loan)["status"] in ("COMPLETED", "REJECTED"):
            raise NotApplicable("the loan is COMPLETED after its first task, so nothing may follow")
        assert_next_task_starts(app, owner, loan, second, f"after the {first} task was completed")
        assert_refused(app, owner, loan, "KYC", f" with {second} open after a completed {first}")
        done = app.complete_task(owner, app.newest_task(loan))
        expect(
            done.accepted and not app.open_tasks(loan),
            observed=f"{done.shown} for the second task of the loan",
            expected="2xx: a loan's second task can be completed as its first was",
            why=WHY_NEXT,
        )
    with suppress(CannotDrive):  # a fix may forbid it
        many = [{"task_type": "KYC", "completed": True, "pointer": "null"}] * 5
        owner, loan, _ = app.owned_loan(*many)
        assert_next_task_starts(app, owner, loan, "KYC", "after five completed tasks")


def assert_next_task_starts(app: App, owner: Person, loan: int, task_type: str, when: str) -> None:
    """A create is accepted and makes one open task; the tasks before it are as they were."""
    before = app.task_rows(loan)
    answer = app.create_task(owner, loan, task_type)
    after = app.task_rows(loan)
    expect(
        answer.accepted and len(app.open_tasks(loan)) == 1,
        observed=f"{answer.shown} {when}",
        expected="2xx and one open task",
        why=WHY_NEXT,
    )
    expect(
        len(after) == len(before) + 1 and public(after[:-1]) == public(before),
        observed=f"{answer.shown} {when}, and there are {len(after)} tasks where {len(before)} were",
        expected="one task more, and those before it as they were",
        why="What was done, and when, is the loan's record; a new task does not write over it.",
        before=before,
        after=after,
    )


@check(level="pass", points=15)
def test_other_loans_are_not_affected(app: App) -> None:
    """An open task of one loan blocks no other loan, of the same customer or of another."""
    owner, other = app.customers(2)
    for task_type, person in product(TASK_TYPES, (owner, other)):
        busy, _ = app.loan_with(owner, {"task_type": task_type})
        loan = app.loan(person)
        before = app.snapshot([busy])
        answer = app.create_task(person, loan, task_type)
        whose = "the same customer" if person is owner else "another customer"
        expect(
            answer.accepted and len(app.open_tasks(loan)) == 1,
            observed=f"{answer.shown}, on a loan without tasks, while another loan of {whose} had one",
            expected="2xx and one open task",
            why="The rule is about one loan; a customer with two loans would wait for nothing.",
        )
        expect(
            app.snapshot([busy]) == before,
            observed=f"{answer.shown} changed another loan",
            expected="other loans stay as they were",
            why="A task belongs to one loan.",
        )


@check(level="pass", points=10)
def test_an_unknown_task_type_is_refused(app: App) -> None:
    """A task type that does not exist is refused, and nothing is written."""
    for wrong in UNKNOWN_TYPES:
        owner, loan, _ = app.owned_loan()
        before = app.snapshot([loan])
        answer = app.create_task(owner, loan, wrong)
        expect(
            (answer.refused and app.snapshot([loan]) == before) or _is_taken_for(app, loan, "KYC", wrong),
            observed=f"{answer.shown}; the loan has {len(app.task_rows(loan))} tasks",
            expected="4xx and nothing written",
            why="A task that nobody knows how to do stays open for ever and blocks its loan.",
        )


def _is_taken_for(app: App, loan: int, task_type: str, sent: str | None) -> bool:
    """Whether what was sent is a type but for its case, and was stored as that type."""
    tasks = [task["task_type"] for task in app.task_rows(loan)]
    return (sent or "").upper() == task_type and tasks == [task_type]


@check(level="pass", points=5, cost=0.05)
def test_everything_else_still_works(app: App) -> None:
    """A loan can be made, listed, and taken through a task, as before."""
    assert_the_rest_works(app)


@check(level="distinction", points=8)
def test_the_rule_looks_at_tasks_and_not_at_the_pointer(app: App) -> None:
    """A create is refused while any task is open, also where current_task is null or points elsewhere."""
    reached = 0
    for tasks in (
        [{"task_type": "KYC", "pointer": "null"}],
        [{"task_type": "KYC", "completed": True}, {"task_type": "CREDIT_CHECK", "pointer": "keep"}],
    ):
        owner = app.customer()
        try:
            loan, _ = app.loan_with(owner, *tasks)
        except CannotDrive:
            continue
        reached += 1
        when = " with current_task null" if len(tasks) == 1 else " with current_task on a completed task"
        assert_refused(app, owner, loan, "KYC", f"{when} while a task was open")
    if not reached:
        raise NotApplicable("no task can be open without the pointer on it")


@check(level="distinction", points=7)
def test_the_rule_holds_below_the_api(app: App) -> None:
    """A second open task can't be saved past the API either: objects.create() and save() raise."""
    for way, second, by_api in product(("create", "save"), TASK_TYPES, (True, False)):
        owner, loan, _ = app.owned_loan()
        made = (
            app.create_task(owner, loan, "KYC").accepted if by_api else _save(app, loan, "KYC", way) is None
        )
        expect(
            made or _is_made_otherwise(app, owner, loan, by_api=by_api),
            observed=f"TaskExecution {way}() of a first task raised, and so the API refuses it",
            expected="the first task of a loan can be saved",
            why="A rule that refuses everything protects nothing.",
        )
        raised = _save(app, loan, second, way)
        first = "KYC" + ("" if by_api else f", made by {way}() as well,")
        expect(
            raised and len(app.open_tasks(loan)) == 1,
            observed=f"TaskExecution {way}() of a {second} task while a {first} was open raised "
            f"{raised or 'nothing'}; the loan has {len(app.open_tasks(loan))} open tasks",
            expected="it raises, and the loan keeps its one open task",
            why="The admin, a script and tomorrow's second endpoint do not go through this view.",
        )


def _save(app: App, loan: int, task_type: str, way: str) -> str | None:
    return app.save_task_below_the_api(loan, task_type, way)


def _is_made_otherwise(app: App, owner: Person, loan: int, *, by_api: bool) -> bool:
    """Whether a first task that can't be made one way, which some fixes forbid, can be made the other."""
    if by_api:
        return _save(app, loan, "KYC", "create") is None
    return app.create_task(owner, loan, "KYC").accepted
