"""Visible checks: the loan list. They try one size, and one caller."""

import pytest

pytestmark = pytest.mark.django_db


def loans_of(response):
    """The loans of an answer: a bare list, or DRF's envelope."""
    data = response.json()
    return data["results"] if isinstance(data, dict) else data


@pytest.fixture
def customer(make_customer, make_loan):
    """A customer with ten loans, each with a current task."""
    from loans.models import TaskExecution

    customer = make_customer()
    for _ in range(10):
        loan = make_loan(customer, status="IN_PROGRESS")
        loan.current_task = TaskExecution.objects.create(loan=loan, task_type="KYC")
        loan.save()
    return customer


def test_the_list_takes_few_queries(api, customer, django_assert_max_num_queries):
    """https://pytest-django.readthedocs.io/en/latest/helpers.html#django-assert-max-num-queries"""
    client = api(customer)
    with django_assert_max_num_queries(8):
        response = client.get("/api/loans/")
    assert response.status_code == 200


class Findings(list):
    """What nplusone finds; its middleware with NPLUSONE_RAISE would raise at the first one."""

    def notify(self, message):
        self.append(message.message)


def test_nothing_is_read_one_by_one(api, customer):
    """nplusone notes where a relation is read for one object after the other."""
    import nplusone.ext.django  # noqa: F401
    from nplusone.core.listeners import LazyListener

    client, found = api(customer), Findings()
    listener = LazyListener(found)
    listener.setup()
    client.get("/api/loans/")
    del listener  # it listens for as long as it is there
    assert found == []


def test_the_content_is_complete(api, customer):
    loans = loans_of(api(customer).get("/api/loans/"))
    assert len(loans) == 10
    for loan in loans:
        assert loan["customer_name"] == "john"
        assert loan["current_task_type"] == "KYC"
        assert [task["id"] for task in loan["tasks"]] == [loan["current_task"]]
