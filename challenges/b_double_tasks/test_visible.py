"""Visible checks: two creates for one loan. They try one order of events, in two threads of one process."""

import threading
from contextlib import suppress

import pytest

MEETING = 1.5  # seconds that one request waits for the other before it goes on alone


def is_insert_of_a_task(sql):
    return sql.startswith("INSERT") and "loans_taskexecution" in sql


@pytest.fixture
def create_twice(api):
    """Create two tasks for a loan at once: both meet just before they store theirs, if they can."""
    from django.db import connection

    def create(customer, loan, types=("KYC", "CREDIT_CHECK")):
        meeting, statuses = threading.Barrier(2), []

        def meet(execute, sql, parameters, many, context):
            if is_insert_of_a_task(sql):
                with suppress(threading.BrokenBarrierError):  # the other one did not come this far
                    meeting.wait(MEETING)
            return execute(sql, parameters, many, context)

        def request(task_type):
            try:
                with connection.execute_wrapper(meet):
                    body = {"loan_id": loan.id, "task_type": task_type}
                    statuses.append(api(customer).post("/api/tasks/create/", body, format="json").status_code)
            finally:
                connection.close()

        threads = [threading.Thread(target=request, args=[task_type]) for task_type in types]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return sorted(statuses)

    return create


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_task(make_customer, make_loan, create_twice):
    """https://docs.djangoproject.com/en/5.2/topics/testing/tools/#transactiontestcase"""
    customer = make_customer()
    loan = make_loan(customer)
    statuses = create_twice(customer, loan)
    assert statuses[0] == 201
    assert statuses[1] in (400, 409, 422, 423)
    task = loan.tasks.get(is_completed=False)
    loan.refresh_from_db()
    assert loan.current_task == task
    assert loan.status == "IN_PROGRESS"


@pytest.mark.django_db
def test_one_alone_is_accepted(api, make_customer, make_loan):
    customer = make_customer()
    body = {"loan_id": make_loan(customer).id, "task_type": "KYC"}
    assert api(customer).post("/api/tasks/create/", body, format="json").status_code == 201
