from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Customer


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def make_customer(sender, instance, created, **kwargs):
    """Every user is a customer, so that no view needs to ask."""
    if created:
        Customer.objects.create(user=instance)
