from django.contrib.auth.models import Group
from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Customer


@receiver(post_save, sender=Customer)
def join_the_customers(instance, created, **kwargs):
    if created:
        instance.user.groups.add(Group.objects.get(name="customers"))
