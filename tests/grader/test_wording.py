"""What went wrong is said in the same words each time."""

from __future__ import annotations

from grader.workers.limits import Limits
from grader.workers.wording import worded


def test_numbers_of_the_servers_own_are_left_out() -> None:
    said = "DETAIL:  Process 20014 waits for ShareLock on transaction 4872; blocked by process 20015."
    assert worded("OperationalError", said, Limits()) == (
        "OperationalError: DETAIL:  Process … waits for ShareLock on transaction …; blocked by process …."
    )


def test_ids_of_the_app_are_kept() -> None:
    said = "Key (loan_id)=(10017) already exists."
    assert worded("IntegrityError", said, Limits()) == f"IntegrityError: {said}"
