from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone
from rest_framework.exceptions import APIException

from .models import Loan, TaskExecution

TASK_LOCK = 41001


class LoanConflict(APIException):
    status_code = 409
    default_detail = "The loan does not allow this."
    default_code = "conflict"


def own(user):
    return Loan.objects.filter(customer__user=user)


@transaction.atomic
def create_task(user, loan_id, task_type):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TASK_LOCK])
    loan = own(user).select_for_update(of=("self",)).filter(pk=loan_id).first()
    if loan is None:
        raise Http404
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
    loan = Loan.objects.select_for_update().get(pk=task.loan_id)
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
