from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Loan, TaskExecution


@receiver(post_save, sender=TaskExecution)
def settle_loan(sender, instance, created, raw=False, **kwargs):
    """A loan follows its current task: free once that is completed, done once it is paid out."""
    if raw or created or not instance.is_completed:
        return
    loan = Loan.objects.select_for_update().get(pk=instance.loan_id)
    if loan.current_task_id != instance.pk:
        return
    loan.current_task = None
    paid_out = instance.task_type == TaskExecution.Type.DISBURSEMENT
    if (
        paid_out
        and loan.status == Loan.Status.IN_PROGRESS
        and not loan.tasks.filter(is_completed=False).exists()
    ):
        loan.status = Loan.Status.COMPLETED
    loan.save()
