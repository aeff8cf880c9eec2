from django.db import transaction
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from ..models import Loan
from ..serializers import OwnLoanTaskSerializer, OwnTaskSerializer
from .access import loans_for, tasks_for


class Locked(APIException):
    status_code = status.HTTP_423_LOCKED
    default_detail = "The loan can't be worked on now."
    default_code = "locked"


class CreateTaskThrottle(UserRateThrottle):
    scope = "create-task"
    rate = "40/min"


class TaskEndpoint(GenericAPIView):
    @transaction.atomic
    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self.work(**serializer.validated_data)

    def lock(self, loan_id):
        return get_object_or_404(
            loans_for(self.request.user).select_for_update(of=("self",)), pk=loan_id
        )


class CreateTaskEndpoint(TaskEndpoint):
    serializer_class = OwnLoanTaskSerializer
    throttle_classes = [CreateTaskThrottle]

    def work(self, loan_id, task_type):
        loan = self.lock(loan_id)
        if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
            raise Locked("The loan is closed.")
        if loan.tasks.filter(is_completed=False).exists():
            raise Locked("The loan has an active task.")
        loan.current_task = loan.tasks.create(task_type=task_type)
        loan.status = Loan.Status.IN_PROGRESS
        loan.save(update_fields=["current_task", "status"])
        body = {"message": "Task created", "task_id": loan.current_task_id}
        return Response(body, status=status.HTTP_201_CREATED)


class CompleteTaskEndpoint(TaskEndpoint):
    serializer_class = OwnTaskSerializer

    def work(self, task_id):
        loan = self.lock(get_object_or_404(tasks_for(self.request.user), pk=task_id).loan_id)
        task = loan.tasks.get(pk=task_id)
        if not task.is_completed:
            task.is_completed, task.completed_at = True, timezone.now()
            task.save(update_fields=["is_completed", "completed_at"])
            if loan.current_task_id == task.pk:
                loan.current_task = None
                if task.task_type == "DISBURSEMENT" and loan.status == Loan.Status.IN_PROGRESS:
                    loan.status = Loan.Status.COMPLETED
                loan.save(update_fields=["current_task", "status"])
        return Response({"message": "Task completed", "task_id": task.pk})
