from django.db.models import Q

from ..models import Loan, TaskExecution


def loans_for(user):
    return Loan.objects.filter(Q() if user.is_staff else Q(customer__user=user))


def tasks_for(user):
    return TaskExecution.objects.filter(Q() if user.is_staff else Q(loan__customer__user=user))
