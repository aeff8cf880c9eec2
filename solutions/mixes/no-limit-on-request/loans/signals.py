from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Loan, TaskExecution
from .state_machine import LoanStatusMachine


@receiver(post_save, sender=TaskExecution)
def settle_loan(sender, instance, created, raw, **kwargs):
    """Keep the loan's pointer and status in step with its tasks, whoever saves them."""
    if raw:
        return
    loan = Loan.objects.filter(pk=instance.loan_id).first()
    if created and not instance.is_completed:
        loan.current_task = instance
        if LoanStatusMachine.can_transition(loan.status, Loan.Status.IN_PROGRESS):
            loan.status = Loan.Status.IN_PROGRESS
        loan.save(update_fields=["current_task", "status"])
    elif instance.is_completed and loan.current_task_id == instance.pk:
        loan.current_task = None
        paid_out = instance.task_type == TaskExecution.Type.DISBURSEMENT
        if paid_out and LoanStatusMachine.can_transition(loan.status, Loan.Status.COMPLETED):
            loan.status = Loan.Status.COMPLETED
        loan.save(update_fields=["current_task", "status"])
