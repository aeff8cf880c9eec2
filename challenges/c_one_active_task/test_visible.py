"""Visible checks: one open task for a loan. They only come through the API, with a pointer that is right."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def create_task(api):
    def create(loan, task_type="KYC"):
        body = {"loan_id": loan.id, "task_type": task_type}
        return api(loan.customer).post("/api/tasks/create/", body, format="json").status_code

    return create


@pytest.fixture
def loan(make_customer, make_loan):
    return make_loan(make_customer())


def test_a_second_task_is_refused(create_task, loan):
    assert create_task(loan) == 201
    assert create_task(loan, "CREDIT_CHECK") in (400, 409, 422, 423)
    assert loan.tasks.count() == 1


def test_an_unknown_type_is_refused(create_task, loan):
    assert create_task(loan, "COFFEE") in (400, 409, 422, 423)
    assert loan.tasks.count() == 0


def test_the_next_task_can_start_after_the_first(api, create_task, loan):
    assert create_task(loan) == 201
    body = {"task_id": loan.tasks.get().id}
    assert api(loan.customer).post("/api/tasks/complete/", body, format="json").status_code == 200
    assert create_task(loan, "CREDIT_CHECK") in (201, 400, 409, 422)  # some loans are closed after a task
    assert loan.tasks.filter(is_completed=True).count() == 1


def test_another_loan_is_not_affected(create_task, loan, make_loan):
    assert create_task(loan) == 201
    assert create_task(make_loan(loan.customer)) == 201
