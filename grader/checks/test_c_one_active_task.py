"""A loan has one active task at a time."""

from contextlib import suppress
from itertools import product

from grader.app import App
from grader.baseline import assert_the_rest_works
from grader.calls import TASK_TYPES, Person
from grader.checking import CannotDrive, NotApplicable, check, expect
from grader.refusals import (
    CLOSED,
    WHY_NEXT,
    assert_answered_when_overtaken,
    assert_next_task_starts,
    assert_refused,
    assert_refused_whoever_asks_and_however,
    assert_starts_unless_closed,
    is_taken_for_a_type,
)

# None, a stranger, and what a careless comparison takes for a type: another case, a type with more to it, a
# part of one, two of them, a name that the enumeration has, a label, a word too long for the column.
UNKNOWN_TYPES = (
    *(None, "", "COFFEE", "kyc", "KYC_AGAIN", "XKYC", "CREDIT", "KYC,CREDIT_CHECK", "KYC CREDIT_CHECK"),
    *("labels", "__class__", "Credit check", "DISBURSEMENT" * 3, "KYC\n", " KYC"),
)


@check(level="pass", points=20, cost=0.05)
def test_a_second_task_is_refused_while_one_is_open(app: App) -> None:
    """While the current task is open, a create is refused and changes nothing, whatever the two types."""
    for first, second in product(TASK_TYPES, repeat=2):
        owner, loan, _ = app.owned_loan({"task_type": first})
        assert_refused(app, owner, loan, second, f" while a {first} task was open")


@check(level="pass", points=5, cost=0.05)
def test_a_second_task_is_refused_whatever_else_is_so(app: App) -> None:
    """The same for each status of the loan, for an old task, for staff, and whatever else the call says."""
    for status in ("NEW", "COMPLETED", "REJECTED"):
        owner, loan, _ = app.owned_loan({"task_type": "KYC"})
        if app.try_status(loan, status) and app.open_tasks(loan):  # closing a loan may end its tasks
            assert_refused(app, owner, loan, "CREDIT_CHECK", f" while a task was open on a {status} loan")
    newer = {"task_type": "CREDIT_CHECK", "completed": True, "pointer": "keep"}
    with suppress(CannotDrive):  # a fix may forbid it
        owner, loan, _ = app.owned_loan({"task_type": "KYC"}, newer)
        assert_refused(app, owner, loan, "KYC", " while a task was open below a newer completed one")
    owner, loan, _ = app.owned_loan({"task_type": "KYC"})
    app.grow_old(loan)
    assert_refused(app, owner, loan, "KYC", " while a task was open for a year")
    assert_refused_whoever_asks_and_however(app)


@check(level="pass", points=10, cost=0.05)
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


@check(level="pass", points=20, cost=0.15)
def test_the_next_task_can_start_once_the_first_is_completed(app: App) -> None:
    """Once the task is completed, the next create succeeds, and the one after it is refused again."""
    with suppress(CannotDrive):  # a fix may forbid it
        many = [{"task_type": "KYC", "completed": True, "pointer": "null"}] * 5
        owner, loan, _ = app.owned_loan(*many)
        assert_starts_unless_closed(app, owner, loan, "after five completed tasks")
    for first, second in product(TASK_TYPES[:2], TASK_TYPES):
        owner, loan, _ = app.owned_loan()
        app.must(app.create_task(owner, loan, first))
        app.must(app.complete_task(owner, app.newest_task(loan)))
        if app.loan_row(loan)["status"] in CLOSED:
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


@check(level="pass", points=15, cost=0.05)
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


@check(level="pass", points=10, cost=0.05)
def test_an_unknown_task_type_is_refused(app: App) -> None:
    """A task type that does not exist is refused, and nothing is written."""
    for wrong in UNKNOWN_TYPES:
        owner, loan, _ = app.owned_loan()
        before = app.snapshot([loan])
        answer = app.create_task(owner, loan, wrong)
        expect(
            (answer.refused and app.snapshot([loan]) == before)
            or is_taken_for_a_type(app, loan, wrong, answer),
            observed=f"{answer.shown}; the loan has {len(app.task_rows(loan))} tasks",
            expected="4xx and nothing written",
            why="A task that nobody knows how to do stays open for ever and blocks its loan.",
        )


@check(level="pass", points=5, cost=0.05)
def test_everything_else_still_works(app: App) -> None:
    """A loan can be made, listed, and taken through a task, as before."""
    assert_the_rest_works(app)


@check(level="distinction", points=8, cost=0.05)
def test_the_rule_looks_at_tasks_and_not_at_the_pointer(app: App) -> None:
    """A create is refused while any task is open, wherever current_task points, and not after it is gone."""
    done, aside = {"task_type": "KYC", "completed": True}, {"task_type": "KYC", "pointer": "null"}
    for tasks, where in (
        ([aside], "null"),
        ([done, {"task_type": "CREDIT_CHECK", "pointer": "keep"}], "on a completed task"),
        ([aside, {"task_type": "CREDIT_CHECK"}], "on another open task"),
    ):
        with suppress(CannotDrive):  # a fix may forbid it
            owner, loan, _ = app.owned_loan(*tasks)
            assert_refused(app, owner, loan, "KYC", f" with current_task {where} while a task was open")
    owner, loan, _ = app.owned_loan()
    app.must(app.create_task(owner, loan))
    with suppress(CannotDrive):
        app.delete_tasks(loan)
        assert_starts_unless_closed(app, owner, loan, "after its open task was deleted, as in the admin")


@check(level="distinction", points=7, cost=0.1, both=True)
def test_the_rule_holds_below_the_api(app: App) -> None:
    """objects.create() and save() of a second open task raise; what is raised in a create is no 5xx."""
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
    assert_answered_when_overtaken(app)


def _save(app: App, loan: int, task_type: str, way: str) -> str | None:
    return app.save_task_below_the_api(loan, task_type, way)


def _is_made_otherwise(app: App, owner: Person, loan: int, *, by_api: bool) -> bool:
    """Whether a first task that can't be made one way, which some fixes forbid, can be made the other."""
    if by_api:
        return _save(app, loan, "KYC", "create") is None
    return app.create_task(owner, loan, "KYC").accepted
