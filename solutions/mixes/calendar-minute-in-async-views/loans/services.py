from django.db import transaction
from django.utils import timezone

from .models import Loan, TaskExecution

CLOSED = (Loan.Status.COMPLETED, Loan.Status.REJECTED)


class Refusal(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


def _locked(user, **lookup):
    loans = Loan.objects.select_for_update(of=("self",), no_key=True)
    loan = loans.filter(customer__user=user, **lookup).first()
    if loan is None:
        raise Refusal(404, "Not found.")
    return loan


@transaction.atomic
def start_task(user, loan_id, task_type):
    loan = _locked(user, pk=loan_id)
    if loan.status in CLOSED:
        raise Refusal(409, "The loan is closed.")
    if loan.tasks.filter(is_completed=False).exists():
        raise Refusal(409, "The loan has an active task.")
    task = loan.tasks.create(task_type=task_type)
    loan.current_task, loan.status = task, Loan.Status.IN_PROGRESS
    loan.save()
    return task


@transaction.atomic
def complete_task(user, task_id):
    loan = _locked(user, tasks__id=task_id)
    task = TaskExecution.objects.get(pk=task_id)
    if task.is_completed:
        return task
    task.is_completed, task.completed_at = True, timezone.now()
    task.save()
    if loan.current_task_id == task.pk:
        loan.current_task = None
        if task.task_type == TaskExecution.Type.DISBURSEMENT and loan.status not in CLOSED:
            loan.status = Loan.Status.COMPLETED
        loan.save()
    return task
