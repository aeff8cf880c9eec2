import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone


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

        @property
        def is_final(self):
            return self in (self.COMPLETED, self.REJECTED)

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="loans")
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    amount = models.DecimalField(
        max_digits=10, decimal_places=2, validators=[MinValueValidator(1000)]
    )
    tenure_months = models.IntegerField(validators=[MinValueValidator(1), MaxValueValidator(360)])
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.NEW)
    current_task = models.OneToOneField(
        "TaskExecution", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"Loan {self.pk}: {self.amount} over {self.tenure_months} months"

    @property
    def is_closed(self):
        return self.Status(self.status).is_final

    @transaction.atomic
    def start_task(self, task_type):
        """Start a task of this type. Raises ValidationError where the loan does not allow it."""
        loan = Loan.objects.select_for_update().get(pk=self.pk)
        if loan.is_closed:
            raise ValidationError("The loan is closed.")
        task = TaskExecution(loan=loan, task_type=task_type)
        task.save()
        loan.current_task = task
        loan.status = self.Status.IN_PROGRESS
        loan.save(update_fields=["current_task", "status"])
        return task


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

    def clean(self):
        if self.is_completed:
            return
        others = TaskExecution.objects.filter(loan_id=self.loan_id, is_completed=False)
        if others.exclude(pk=self.pk).exists():
            raise ValidationError("The loan already has an active task.")

    def save(self, *args, **kwargs):
        with transaction.atomic():
            if self._state.adding:
                Loan.objects.select_for_update().get(pk=self.loan_id)
            self.full_clean()
            super().save(*args, **kwargs)

    @transaction.atomic
    def complete(self):
        """Mark as done and move the loan on; a second time changes nothing."""
        loan = Loan.objects.select_for_update().get(pk=self.loan_id)
        self.refresh_from_db()
        if self.is_completed:
            return
        self.is_completed = True
        self.completed_at = timezone.now()
        self.save()
        if loan.current_task_id != self.pk:
            return
        loan.current_task = None
        paid_out = self.task_type == self.Type.DISBURSEMENT
        if paid_out and not loan.is_closed and not loan.tasks.filter(is_completed=False).exists():
            loan.status = Loan.Status.COMPLETED
        loan.save(update_fields=["current_task", "status"])
