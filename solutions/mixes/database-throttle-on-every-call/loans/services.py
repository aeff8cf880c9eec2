from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone
from rest_framework.exceptions import APIException

from .models import Loan, TaskExecution

LOAN_LOCKS = 41001


class LoanConflict(APIException):
    status_code = 409
    default_detail = "The loan does not allow this."
    default_code = "conflict"


def own(user):
    return Loan.objects.filter(customer__user=user)


def locked(loan_id):
    """The loan as it is once everybody else is through with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [str(loan_id), LOAN_LOCKS]
        )
    return Loan.objects.get(pk=loan_id)


@transaction.atomic
def create_task(user, loan_id, task_type):
    if not own(user).filter(pk=loan_id).exists():
        raise Http404
    loan = locked(loan_id)
    if loan.status in {Loan.Status.COMPLETED, Loan.Status.REJECTED}:
        raise LoanConflict("The loan is closed.")
    if loan.tasks.filter(is_completed=False).exists():
        raise LoanConflict("The loan has an active task.")
    task = TaskExecution.objects.create(loan=loan, task_type=task_type)
    loan.current_task = task
    loan.status = Loan.Status.IN_PROGRESS
    loan.save()
    return task


@transaction.atomic
def complete_task(user, task_id):
    task = TaskExecution.objects.filter(pk=task_id, loan__customer__user=user).first()
    if task is None:
        raise Http404
    loan = locked(task.loan_id)
    task.refresh_from_db()
    if task.is_completed:
        raise LoanConflict("The task is completed already.")
    task.is_completed = True
    task.completed_at = timezone.now()
    task.save()
    if loan.current_task_id == task.pk:
        loan.current_task = None
        if task.task_type == "DISBURSEMENT" and loan.status == Loan.Status.IN_PROGRESS:
            loan.status = Loan.Status.COMPLETED
        loan.save()
    return task
