"""`current_task` points to an open task or to nothing, and a loan's status tells where it is."""

from contextlib import suppress
from functools import partial

from grader.app import App
from grader.baseline import assert_the_rest_works
from grader.calls import TASK_TYPES, Person, completing, creating
from grader.checking import CannotDrive, NotApplicable, check, expect
from grader.consistency import (
    WHY_POINTER,
    assert_again_changes_nothing,
    assert_completed,
    assert_completes_or_refuses,
    assert_consistent,
    assert_done,
    assert_nothing_starts,
    assert_stays_closed,
    assert_untouched,
    completed,
    loans_of_all_kinds,
    started,
)
from grader.races.completes import (
    assert_completed_once,
    assert_orders,
    assert_orders_where_possible,
    completes_of_two,
    create_and_complete,
    create_and_repeated_complete,
)
from grader.races.faults import CRASHES, ERRORS, assert_all_or_nothing
from grader.sequences import assert_every_sequence


@check(level="pass", points=15, cost=0.05)
def test_completing_the_task_clears_the_pointer(app: App) -> None:
    """After a complete, whoever asks for it and however, current_task is null or an open task."""
    for task_type in TASK_TYPES:
        owner, loan, task = started(app, task_type)
        assert_consistent(app, loan, f"creating a {task_type} task")
        expect(
            app.loan_row(loan)["current_task_id"] == task,
            observed=f"after a create, current_task is {app.loan_row(loan)['current_task_id']}",
            expected=f"the new task, {task}",
            why=WHY_POINTER,
        )
        completed(app, owner, task)
        assert_done(app, loan, task)
        assert_consistent(app, loan, f"completing a {task_type} task")
    assert_completes_or_refuses(app, app.customer(staff=True), "by staff", int)
    assert_completes_or_refuses(app, app.customer(), "with the id as a text", str)


@check(level="pass", points=10, cost=0.05)
def test_a_whole_loan_keeps_its_invariants(app: App) -> None:
    """KYC, credit check and disbursement, one after the other: consistent after each call."""
    owner, loan, task = started(app)
    for position, task_type in enumerate(TASK_TYPES):
        if position:
            answer = app.create_task(owner, loan, task_type)
            if app.loan_row(loan)["status"] == "COMPLETED" and answer.refused:
                return
            app.must(answer)
            task = app.newest_task(loan)
            assert_consistent(app, loan, f"creating {task_type}")
        completed(app, owner, task)
        assert_done(app, loan, task)
        assert_consistent(app, loan, f"completing {task_type}")
    assert_completed(app, loan)


@check(level="pass", points=10, cost=0.05)
def test_the_loan_is_completed_after_the_disbursement(app: App) -> None:
    """Once the disbursement, being current, is completed with no task open, the loan is COMPLETED."""
    try:
        owner, loan, (_, task) = app.owned_loan(
            {"task_type": "KYC", "completed": True, "pointer": "null"}, {"task_type": "DISBURSEMENT"}
        )
    except CannotDrive:  # a fix may leave no loan open between two tasks
        owner, loan, task = started(app, "DISBURSEMENT")
    completed(app, owner, task)
    assert_completed(app, loan)


@check(level="pass", points=10, cost=0.05)
def test_completing_again_changes_nothing(app: App) -> None:
    """Completing the same task again changes nothing, neither then nor while the next task is open."""
    for place, task_type in enumerate(TASK_TYPES):
        owner, loan, task = started(app, task_type)
        completed(app, owner, task)
        assert_again_changes_nothing(app, owner, loan, task)
        if app.loan_row(loan)["status"] != "COMPLETED":
            app.must(app.create_task(owner, loan, TASK_TYPES[place - 1]))
            assert_again_changes_nothing(app, owner, loan, task)


@check(level="pass", points=5, cost=0.05)
def test_other_loans_stay_as_they_are(app: App) -> None:
    """Completing a task of one loan changes no other loan."""
    owner, other = app.customers(2)
    bystanders = [loan for person in (owner, other) for loan in loans_of_all_kinds(app, person)]
    for task_type in TASK_TYPES:
        before = app.snapshot(bystanders)
        _loan, tasks = app.loan_with(owner, {"task_type": task_type})
        completed(app, owner, tasks[0])
        assert_untouched(app, bystanders, before)


@check(level="pass", points=10, cost=0.05)
def test_a_loan_with_two_open_tasks_keeps_its_way(app: App) -> None:
    """With two open tasks, completing one leaves the loan IN_PROGRESS and no pointer lost or stale."""
    reached = 0
    for current_type in TASK_TYPES:
        for completes_current in (False, True):
            try:
                owner, loan, tasks = app.owned_loan(
                    {"task_type": "KYC", "pointer": "null"}, {"task_type": current_type}
                )
            except CannotDrive:
                break  # with a task of another type it may go
            reached += 1
            answer = app.complete_task(owner, tasks[completes_current])
            expect(
                answer.accepted or (answer.refused and not completes_current),
                observed=answer.shown,
                expected="accepted, or refused for a task that is not current",
                why="Work that is done must be able to be marked as done.",
            )
            assert_consistent(
                app, loan, f"completing {'the current' if completes_current else 'another'} task"
            )
            pointer = app.loan_row(loan)["current_task_id"]
            expect(
                completes_current or pointer == tasks[1],
                observed=f"{answer.shown} for a task that is not current; current_task is {pointer}",
                expected=f"the pointer stays on the current task, {tasks[1]}",
                why=WHY_POINTER,
            )
    if not reached:
        raise NotApplicable("two open tasks of one loan can't be")


@check(level="pass", points=15, cost=0.25)
def test_every_sequence_of_calls_keeps_the_invariants(app: App) -> None:
    """Whatever order creates and completes come in, the loan is consistent after each of them."""
    assert_every_sequence(app)


@check(level="pass", points=5, cost=0.05)
def test_everything_else_still_works(app: App) -> None:
    """A loan can be made, listed, and taken through a task, as before."""
    assert_the_rest_works(app)


@check(level="distinction", points=5, cost=0.15)
def test_closed_loans_stay_closed(app: App) -> None:
    """No task starts on a COMPLETED or REJECTED loan, and nothing done through the API reopens one."""
    for status in ("COMPLETED", "REJECTED"):
        with suppress(CannotDrive):  # a fix may forbid it
            owner, loan, _ = app.owned_loan(status=status)
            assert_nothing_starts(app, owner, loan, status)
        for task_type in TASK_TYPES:
            person, busy, task = started(app, task_type)
            assert_stays_closed(app, person, busy, [task, task], status)
        for tasks in (
            [{"task_type": "KYC", "pointer": "null"}, {"task_type": "DISBURSEMENT"}],
            [{"task_type": "DISBURSEMENT"}, {"task_type": "KYC", "pointer": "keep"}],
            [{"task_type": "DISBURSEMENT", "pointer": "null"}],
            [{"task_type": "DISBURSEMENT", "completed": True, "pointer": "null"}],
        ):
            with suppress(CannotDrive):  # a fix may forbid it
                person, busy, ids = app.owned_loan(*tasks)
                assert_stays_closed(app, person, busy, ids, status)


@check(level="distinction", points=5, cost=0.5)
def test_an_error_leaves_all_or_nothing(app: App) -> None:
    """An error or a crash at any write or COMMIT of a create or complete leaves all of it or none."""

    done = {"task_type": "KYC", "completed": True, "pointer": "null"}

    def create(task_type: str, *tasks: dict[str, object]) -> tuple[Person, int, object]:
        owner, loan, _ = app.owned_loan(*tasks)
        return owner, loan, creating(owner, loan, task_type)

    def complete(task_type: str) -> tuple[Person, int, object]:
        owner, loan, tasks = app.owned_loan({"task_type": task_type})
        return owner, loan, completing(owner, tasks[0])

    assert_all_or_nothing(app, partial(create, "DISBURSEMENT"), ERRORS)
    assert_all_or_nothing(app, partial(create, "KYC"), CRASHES)
    assert_all_or_nothing(app, partial(complete, "KYC"), ERRORS)
    assert_all_or_nothing(app, partial(complete, "DISBURSEMENT"), ERRORS + CRASHES)
    with suppress(CannotDrive):  # a fix may leave no loan open between two tasks
        assert_all_or_nothing(app, partial(create, "CREDIT_CHECK", done), ERRORS)


@check(level="distinction", points=5, cost=0.45, both=True, scenes=("twice", "paid", "two"))
def test_two_completes_at_once_are_one(app: App) -> None:
    """Two simultaneous completes of one task keep every invariant and move no completed_at twice."""
    assert_completed_once(app)
    assert_orders_where_possible(app, "two", completes_of_two(app))


@check(level="distinction", points=5, cost=0.2, both=True, scenes=("complete", "payout", "repeat"))
def test_a_complete_and_a_create_at_once_keep_the_loan_consistent(app: App) -> None:
    """A complete that races a create lets nothing through that neither order would, without a 5xx."""
    assert_orders(app, "complete", create_and_complete(app, "KYC"))
    assert_orders(app, "payout", create_and_complete(app, "DISBURSEMENT"))
    assert_orders_where_possible(app, "repeat", create_and_repeated_complete(app))
