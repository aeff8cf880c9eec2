from django.contrib.auth import get_user_model
from rest_framework.test import APITestCase

from .models import Customer, Loan, TaskExecution


class LoanApiTests(APITestCase):
    def setUp(self):
        user = get_user_model().objects.create_user("john", "john@test.com", "pass123")
        self.customer = Customer.objects.create(user=user, phone="9999999999")
        self.loan = Loan.objects.create(customer=self.customer, amount=100000, tenure_months=12)
        self.client.force_authenticate(user)

    def start_task(self, task_type="KYC"):
        body = {"loan_id": self.loan.id, "task_type": task_type}
        return self.client.post("/api/tasks/create/", body, format="json")

    def test_list_shows_the_loan(self):
        response = self.client.get("/api/loans/")
        self.assertEqual(response.status_code, 200)
        self.assertContains(response, '"customer_name":"john"')
        self.assertContains(response, '"amount":"100000.00"')

    def test_create_a_loan(self):
        body = {"customer": self.customer.id, "amount": "50000.00", "tenure_months": 24}
        response = self.client.post("/api/loans/", body, format="json")
        self.assertEqual(response.status_code, 201)
        self.assertEqual(Loan.objects.get(id=response.data["id"]).status, "NEW")

    def test_starting_a_task_moves_the_loan_on(self):
        response = self.start_task()
        self.assertEqual(response.status_code, 201)
        self.loan.refresh_from_db()
        self.assertEqual(self.loan.status, "IN_PROGRESS")
        self.assertEqual(self.loan.current_task, TaskExecution.objects.get())

    def test_completing_a_task(self):
        self.start_task()
        task = TaskExecution.objects.get()
        response = self.client.post("/api/tasks/complete/", {"task_id": task.id}, format="json")
        self.assertEqual(response.status_code, 200)
        task.refresh_from_db()
        self.assertTrue(task.is_completed)
        self.assertIsNotNone(task.completed_at)
