from django.conf import settings
from django.db import models


class Customer(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    phone = models.CharField(max_length=20)
    rate_minute = models.DateTimeField(null=True, blank=True, editable=False)
    rate_count = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self):
        return self.user.username


class Loan(models.Model):
    class Status(models.TextChoices):
        NEW = "NEW", "New"
        IN_PROGRESS = "IN_PROGRESS", "In progress"
        COMPLETED = "COMPLETED", "Completed"
        REJECTED = "REJECTED", "Rejected"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="loans")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    tenure_months = models.IntegerField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.NEW)
    current_task = models.ForeignKey(
        "TaskExecution", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"Loan {self.pk}: {self.amount} over {self.tenure_months} months"


class TaskExecution(models.Model):
    class Type(models.TextChoices):
        KYC = "KYC", "KYC"
        CREDIT_CHECK = "CREDIT_CHECK", "Credit check"
        DISBURSEMENT = "DISBURSEMENT", "Disbursement"

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="tasks")
    task_type = models.CharField(max_length=20, choices=Type.choices)
    is_completed = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.get_task_type_display()} of loan {self.loan_id}"
