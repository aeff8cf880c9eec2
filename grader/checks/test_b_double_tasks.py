"""Two requests at once never make two active tasks for one loan."""

from contextlib import suppress
from itertools import combinations_with_replacement

from grader.app import App
from grader.baseline import assert_the_rest_works
from grader.calls import TASK_TYPES
from grader.checking import NotApplicable, check
from grader.races.apart import assert_no_waiting
from grader.races.completes import assert_orders, create_and_complete
from grader.races.creates import assert_one_winner, creates
from grader.races.inside import assert_one_winner_inside_claims, assert_one_winner_inside_insert
from grader.races.slow import assert_one_winner_when_slow


@check(level="pass", points=25, cost=0.15, both=True, scenes=("same",))
def test_two_creates_one_winner(app: App) -> None:
    """Two simultaneous creates of one type on a new loan: one wins, whatever the order of statements."""
    assert_one_winner(app, "same", creates(app, ("KYC", "KYC")))


@check(level="pass", points=15, cost=0.15, both=True, scenes=("types",))
def test_two_creates_of_different_types_one_winner(app: App) -> None:
    """The same for two creates of different task types."""
    assert_one_winner(app, "types", creates(app, ("KYC", "CREDIT_CHECK"), two_callers=True))


@check(level="pass", points=15, cost=0.15, both=True, scenes=("later",))
def test_two_creates_after_a_completed_task_one_winner(app: App) -> None:
    """The same on a loan that has an earlier, completed task."""
    assert_one_winner(app, "later", creates(app, ("CREDIT_CHECK", "DISBURSEMENT"), earlier=True))


@check(level="pass", points=15, cost=0.15, both=True)
def test_two_creates_inside_their_insert_one_winner(app: App) -> None:
    """The same, for each two types, when both are inside their INSERT at once."""
    for types in combinations_with_replacement(TASK_TYPES, 2):
        assert_one_winner_inside_insert(app, types, "inside their INSERT")
    assert_one_winner_inside_insert(app, ("KYC", "KYC"), "inside their INSERT", last="A")
    for types in (("KYC", "KYC"), ("KYC", "DISBURSEMENT")):
        assert_one_winner_inside_insert(app, types, "at the end of their INSERT")
    assert_one_winner_inside_claims(app)


@check(level="pass", points=10, cost=1.55, both=True)
def test_a_slow_first_create_is_waited_for(app: App) -> None:
    """When the first create takes a second or two, the second still gets a refusal, not an error."""
    assert_one_winner_when_slow(app)


@check(level="pass", points=5, cost=0.05)
def test_everything_else_still_works(app: App) -> None:
    """A loan can be made, listed, and taken through a task, as before."""
    assert_the_rest_works(app)


@check(level="distinction", points=8, cost=0.2, both=True)
def test_creates_on_different_loans_do_not_wait(app: App) -> None:
    """Creates on two loans, of one customer or of two, do not wait for each other."""
    assert_no_waiting(app, same_customer=True)
    with suppress(NotApplicable):  # a loan may be COMPLETED after its first task
        assert_no_waiting(app, same_customer=True, later=True)
    assert_no_waiting(app, same_customer=False)


@check(level="distinction", points=7, cost=0.35, both=True, scenes=("complete", "payout"))
def test_a_create_that_races_a_complete(app: App) -> None:
    """A create that races a complete leaves no open task without its pointer, and neither answers 5xx."""
    assert_orders(app, "complete", create_and_complete(app, "KYC"), only_pointer=True)
    assert_orders(app, "payout", create_and_complete(app, "DISBURSEMENT"), only_pointer=True)
