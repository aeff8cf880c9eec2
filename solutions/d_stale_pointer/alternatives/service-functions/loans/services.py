from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException

from .models import Loan, TaskExecution


class LoanConflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "The loan does not allow this."


@transaction.atomic
def task_start(loan_id, task_type):
    loan = get_object_or_404(Loan.objects.select_for_update(), id=loan_id)
    if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
        raise LoanConflict("The loan is closed.")

    task = TaskExecution.objects.create(loan=loan, task_type=task_type)
    loan.current_task = task
    loan.status = Loan.Status.IN_PROGRESS
    loan.save()
    return task


@transaction.atomic
def task_complete(task_id):
    task = get_object_or_404(TaskExecution, id=task_id)
    loan = Loan.objects.select_for_update().get(id=task.loan_id)
    task.refresh_from_db()
    if task.is_completed:
        raise LoanConflict("The task is completed already.")

    task.is_completed = True
    task.completed_at = timezone.now()
    task.save()
    if loan.current_task_id == task.id:
        loan.current_task = None
        if loan.status == Loan.Status.IN_PROGRESS and is_paid_out(loan, task):
            loan.status = Loan.Status.COMPLETED
        loan.save()
    return task


def is_paid_out(loan, task):
    disbursed = task.task_type == TaskExecution.Type.DISBURSEMENT
    return disbursed and not loan.tasks.filter(is_completed=False).exists()
