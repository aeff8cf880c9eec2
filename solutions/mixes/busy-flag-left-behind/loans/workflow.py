from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from .models import Loan, TaskExecution


class Refused(Exception):
    """The loan does not allow this step."""


class LoanWorkflow:
    """Moves one loan from step to step."""

    def __init__(self, loan_id):
        self.loan_id = loan_id

    @contextmanager
    def exclusive(self):
        """Keep other requests out for as long as a step is being started."""
        mine = Loan.objects.filter(pk=self.loan_id, is_busy=False).update(is_busy=True)
        if not mine:
            raise Refused("Somebody else is starting a task on this loan.")
        try:
            yield
        finally:
            Loan.objects.filter(pk=self.loan_id).update(is_busy=False)

    def start(self, task_type):
        with self.exclusive(), transaction.atomic():
            loan = self._locked()
            if loan.status not in (Loan.Status.NEW, Loan.Status.IN_PROGRESS):
                raise Refused(f"The loan is {loan.get_status_display().lower()}.")
            if loan.tasks.filter(is_completed=False).exists():
                raise Refused("The loan has an active task.")
            task = loan.tasks.create(task_type=task_type)
            loan.current_task = task
            loan.status = Loan.Status.IN_PROGRESS
            loan.save(update_fields=["current_task", "status"])
            return task

    @transaction.atomic
    def finish(self, task_id):
        loan = self._locked()
        task = TaskExecution.objects.get(pk=task_id)
        if task.is_completed:
            raise Refused("The task is completed already.")
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save(update_fields=["is_completed", "completed_at"])
        if loan.current_task_id == task.pk:
            loan.current_task = None
            if task.task_type == "DISBURSEMENT" and loan.status == Loan.Status.IN_PROGRESS:
                loan.status = Loan.Status.COMPLETED
            loan.save(update_fields=["current_task", "status"])
        return task

    def _locked(self):
        return Loan.objects.select_for_update().get(pk=self.loan_id)
