from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from .exceptions import Conflict
from .models import Loan, TaskExecution


@receiver(pre_save, sender=TaskExecution)
def lock_loan(sender, instance, **kwargs):
    """Whoever saves a task holds its loan: the save and what follows from it are one step."""
    loan = Loan.objects.select_for_update(no_key=True).get(pk=instance.loan_id)
    if instance._state.adding and not instance.is_completed:
        if not loan.can_become(Loan.Status.IN_PROGRESS):
            raise Conflict("The loan is closed.")
        if loan.has_open_task():
            raise Conflict("The loan has an active task already.")


@receiver(post_save, sender=TaskExecution)
def settle_loan(sender, instance, created, raw=False, **kwargs):
    loans = Loan.objects.filter(pk=instance.loan_id)
    if raw:
        return
    if not instance.is_completed:
        if created:
            loans.update(current_task=instance, status=Loan.Status.IN_PROGRESS)
        return
    settled = loans.filter(current_task=instance).update(current_task=None)
    if settled and instance.task_type == TaskExecution.Type.DISBURSEMENT:
        loans.filter(status=Loan.Status.IN_PROGRESS).exclude(tasks__is_completed=False).update(
            status=Loan.Status.COMPLETED
        )
