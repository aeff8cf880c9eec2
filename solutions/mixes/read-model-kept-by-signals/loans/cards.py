from django.conf import settings
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from .models import Loan, LoanCard, TaskExecution
from .serializers import LoanSerializer


def write_card(loan_id):
    loans = Loan.objects.select_related("customer__user", "current_task")
    loan = loans.prefetch_related("tasks").filter(pk=loan_id).first()
    if loan is not None:
        content = {**LoanSerializer(loan).data}
        LoanCard.objects.update_or_create(loan=loan, defaults={"content": content})


@receiver(post_save, sender=Loan)
def loan_saved(instance, **kwargs):
    write_card(instance.pk)


@receiver([post_save, post_delete], sender=TaskExecution)
def task_saved(instance, **kwargs):
    write_card(instance.loan_id)


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def user_saved(instance, created, **kwargs):
    if not created:
        for pk in Loan.objects.filter(customer__user=instance).values_list("pk", flat=True):
            write_card(pk)
