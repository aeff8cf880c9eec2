from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import serializers, status
from rest_framework.exceptions import APIException

from .models import Loan, TaskExecution


class ActiveTaskExists(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "Loan already has an active task."


@transaction.atomic
def start_task(loan_id, task_type):
    if task_type not in TaskExecution.Type.values:
        raise serializers.ValidationError({"task_type": "Unknown task type."})
    loan = get_object_or_404(Loan.objects.select_for_update(), id=loan_id)
    if TaskExecution.objects.filter(loan=loan, is_completed=False).exists():
        raise ActiveTaskExists
    task = TaskExecution.objects.create(loan=loan, task_type=task_type)
    loan.current_task = task
    loan.status = Loan.Status.IN_PROGRESS
    loan.save(update_fields=["current_task", "status"])
    return task
