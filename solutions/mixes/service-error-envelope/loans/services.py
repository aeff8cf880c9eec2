from django.db import IntegrityError, transaction
from django.utils import timezone

from . import errors
from .models import Loan, TaskExecution
from .state import LoanStateMachine


def loans_of(user):
    return Loan.objects.filter(customer__user=user)


def _lock_loan(user, loan_id):
    loan = loans_of(user).select_for_update(of=("self",)).filter(pk=loan_id).first()
    if loan is None:
        raise errors.NotFound("Not found.")
    return loan


def start_task(user, loan_id, task_type):
    try:
        with transaction.atomic():
            loan = _lock_loan(user, loan_id)
            machine = LoanStateMachine(loan)
            if loan.tasks.filter(is_completed=False).exists():
                raise errors.ActiveTaskExists("The loan has an active task.")
            machine.move_to(Loan.Status.IN_PROGRESS)
            task = TaskExecution.objects.create(loan=loan, task_type=task_type)
            loan.current_task = task
            loan.save(update_fields=["status", "current_task"])
            return task
    except IntegrityError as error:
        raise errors.ActiveTaskExists("The loan has an active task.") from error


@transaction.atomic
def complete_task(user, task_id):
    found = TaskExecution.objects.filter(pk=task_id, loan__customer__user=user)
    loan_id = found.values_list("loan_id", flat=True).first()
    if loan_id is None:
        raise errors.NotFound("Not found.")
    loan = _lock_loan(user, loan_id)
    task = TaskExecution.objects.get(pk=task_id)
    if task.is_completed:
        raise errors.TaskAlreadyCompleted("The task is completed already.")
    task.is_completed = True
    task.completed_at = timezone.now()
    task.save(update_fields=["is_completed", "completed_at"])
    if loan.current_task_id == task.pk:
        loan.current_task = None
        machine = LoanStateMachine(loan)
        if task.task_type == TaskExecution.Type.DISBURSEMENT and not machine.is_final:
            machine.move_to(Loan.Status.COMPLETED)
        loan.save(update_fields=["status", "current_task"])
    return task
