from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException

from .models import Loan, TaskExecution


class TransitionNotAllowed(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "The loan does not allow this."


class LoanMachine:
    """What may happen to a loan. Made for a locked loan, inside a transaction."""

    TRANSITIONS = {
        Loan.Status.NEW: {Loan.Status.IN_PROGRESS, Loan.Status.REJECTED},
        Loan.Status.IN_PROGRESS: {
            Loan.Status.IN_PROGRESS,
            Loan.Status.COMPLETED,
            Loan.Status.REJECTED,
        },
        Loan.Status.COMPLETED: set(),
        Loan.Status.REJECTED: set(),
    }

    def __init__(self, loan_id):
        self.loan = get_object_or_404(Loan.objects.select_for_update(), id=loan_id)

    def allows(self, target):
        return target in self.TRANSITIONS[self.loan.status]

    def start(self, task_type):
        if not self.allows(Loan.Status.IN_PROGRESS):
            raise TransitionNotAllowed()
        task = TaskExecution.objects.create(loan=self.loan, task_type=task_type)
        self._move(task, Loan.Status.IN_PROGRESS)
        return task

    def finish(self, task):
        task.refresh_from_db()
        if task.is_completed:
            raise TransitionNotAllowed("The task is completed already.")
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        if self.loan.current_task_id != task.id:
            return
        pending = self.loan.tasks.filter(is_completed=False).exists()
        if not pending and self.allows(Loan.Status.COMPLETED):
            self._move(None, Loan.Status.COMPLETED)
        else:
            self._move(None, self.loan.status)

    def _move(self, task, target):
        self.loan.current_task = task
        self.loan.status = target
        self.loan.save(update_fields=["current_task", "status"])
