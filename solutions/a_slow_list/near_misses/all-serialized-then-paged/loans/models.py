from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from .exceptions import Conflict


class Customer(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    phone = models.CharField(max_length=20)

    def __str__(self):
        return self.user.username


class Loan(models.Model):
    class Status(models.TextChoices):
        NEW = "NEW", "New"
        IN_PROGRESS = "IN_PROGRESS", "In progress"
        COMPLETED = "COMPLETED", "Completed"
        REJECTED = "REJECTED", "Rejected"

    # COMPLETED and REJECTED are final; an IN_PROGRESS loan stays so from task to task.
    TRANSITIONS = {
        Status.NEW: {Status.IN_PROGRESS, Status.REJECTED},
        Status.IN_PROGRESS: {Status.IN_PROGRESS, Status.COMPLETED, Status.REJECTED},
        Status.COMPLETED: set(),
        Status.REJECTED: set(),
    }

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="loans")
    amount = models.DecimalField(
        max_digits=10, decimal_places=2, validators=[MinValueValidator(1000)]
    )
    tenure_months = models.IntegerField(validators=[MinValueValidator(1), MaxValueValidator(360)])
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.NEW)
    current_task = models.ForeignKey(
        "TaskExecution", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"Loan {self.pk}: {self.amount} over {self.tenure_months} months"

    def can_become(self, status):
        return status in self.TRANSITIONS[self.status]

    def move_to(self, status, task):
        """Take a status and a current task, unless the loan was closed after it was read."""
        before = [old for old, allowed in self.TRANSITIONS.items() if status in allowed]
        moved = Loan.objects.filter(pk=self.pk, status__in=before).update(
            status=status, current_task=task
        )
        if not moved:
            raise Conflict("The loan is closed.")

    def has_open_task(self):
        return self.tasks.filter(is_completed=False).exists()


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
        constraints = [
            models.UniqueConstraint(
                fields=["loan"],
                condition=models.Q(is_completed=False),
                name="one_open_task_per_loan",
            ),
        ]

    def __str__(self):
        return f"{self.get_task_type_display()} of loan {self.loan_id}"

    def save(self, **kwargs):
        others = TaskExecution.objects.filter(loan_id=self.loan_id, is_completed=False)
        if not self.is_completed and others.exclude(pk=self.pk).exists():
            raise Conflict("The loan has an open task already.")
        super().save(**kwargs)
