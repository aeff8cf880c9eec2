"""Visible checks: who gets in, and what gets through. They try one way in for each door."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def john(make_customer):
    return make_customer("john")


@pytest.fixture
def mary(make_customer):
    return make_customer("mary")


def new_loan(customer, **fields):
    return {"customer": customer.id, "amount": "50000.00", "tenure_months": 24, **fields}


def test_nobody_gets_in_without_signing_in(api, john, make_loan):
    loan = make_loan(john)
    assert api().get("/api/loans/").status_code in (401, 403)
    body = {"loan_id": loan.id, "task_type": "KYC"}
    assert api().post("/api/tasks/create/", body, format="json").status_code in (401, 403)


def test_a_customer_sees_only_their_own_loans(api, john, mary, make_loan):
    make_loan(mary)
    data = api(john).get("/api/loans/").json()
    assert (data["results"] if isinstance(data, dict) else data) == []


def test_a_customer_touches_only_their_own_loans(api, john, mary, make_loan):
    loan = make_loan(mary)
    body = {"loan_id": loan.id, "task_type": "KYC"}
    assert api(john).post("/api/tasks/create/", body, format="json").status_code in (400, 403, 404)
    assert not loan.tasks.exists()


def test_a_new_loan_starts_as_new(api, john):
    from loans.models import Loan

    response = api(john).post("/api/loans/", new_loan(john, status="COMPLETED"), format="json")
    assert response.status_code in (201, 400)
    assert not Loan.objects.exclude(status="NEW").exists()


@pytest.mark.parametrize(
    "wrong", [{"amount": "999.99"}, {"amount": "-1"}, {"tenure_months": 0}, {"tenure_months": 361}]
)
def test_amounts_and_tenures_have_limits(api, john, wrong):
    assert api(john).post("/api/loans/", new_loan(john, **wrong), format="json").status_code == 400


def test_an_owner_can_do_all_of_it(api, john):
    from loans.models import Loan, TaskExecution

    client = api(john)
    assert client.post("/api/loans/", new_loan(john), format="json").status_code == 201
    body = {"loan_id": Loan.objects.get().id, "task_type": "KYC"}
    assert client.post("/api/tasks/create/", body, format="json").status_code == 201
    body = {"task_id": TaskExecution.objects.get().id}
    assert client.post("/api/tasks/complete/", body, format="json").status_code == 200
