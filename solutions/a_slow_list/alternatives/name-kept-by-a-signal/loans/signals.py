from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Loan


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def rename(instance, created, **kwargs):
    if not created:
        Loan.objects.filter(customer__user=instance).exclude(
            customer_name=instance.username
        ).update(customer_name=instance.username)
