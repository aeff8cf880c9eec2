"""Visible checks: completing tasks. They make one call after the other, and nothing fails in between."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def loan(make_customer, make_loan):
    return make_loan(make_customer())


@pytest.fixture
def create_task(api):
    def create(loan, task_type="KYC"):
        body = {"loan_id": loan.id, "task_type": task_type}
        response = api(loan.customer).post("/api/tasks/create/", body, format="json")
        assert response.status_code == 201
        return loan.tasks.get(is_completed=False)

    return create


@pytest.fixture
def complete(api):
    def complete(task):
        response = api(task.loan.customer).post("/api/tasks/complete/", {"task_id": task.id}, format="json")
        task.refresh_from_db()
        return response.status_code

    return complete


def test_a_completed_task_is_not_current(loan, create_task, complete):
    task = create_task(loan)
    assert complete(task) == 200
    loan.refresh_from_db()
    assert loan.current_task is None
    assert task.is_completed
    assert task.completed_at is not None


def test_the_loan_is_completed_after_the_disbursement(loan, create_task, complete):
    assert complete(create_task(loan, "DISBURSEMENT")) == 200
    loan.refresh_from_db()
    assert loan.status == "COMPLETED"


def test_completing_again_moves_no_time(loan, create_task, complete):
    task = create_task(loan)
    complete(task)
    first = task.completed_at
    assert complete(task) < 500
    assert task.completed_at == first
