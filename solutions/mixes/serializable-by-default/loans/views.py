from django.http import Http404
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.generics import GenericAPIView, ListCreateAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response

from .models import Loan, TaskExecution
from .retry import serializable
from .serializers import LoanSerializer, OwnLoanTaskSerializer, OwnTaskSerializer


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class LoanPagination(CursorPagination):
    page_size = 60
    ordering = ("-created_at", "-id")


class LoanListCreateView(ListCreateAPIView):
    serializer_class = LoanSerializer
    pagination_class = LoanPagination

    def get_queryset(self):
        mine = Loan.objects.filter(customer__user=self.request.user)
        return mine.select_related("customer__user", "current_task").prefetch_related("tasks")


@serializable
def start(user, loan_id, task_type):
    loan = Loan.objects.filter(pk=loan_id, customer__user=user).first()
    if loan is None:
        raise Http404
    if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
        raise Conflict("The loan is closed.")
    if loan.tasks.filter(is_completed=False).exists():
        raise Conflict("The loan has an active task.")
    task = TaskExecution.objects.create(loan=loan, task_type=task_type)
    Loan.objects.filter(pk=loan.pk).update(current_task=task, status=Loan.Status.IN_PROGRESS)
    return task


@serializable
def complete(user, task_id):
    mine = TaskExecution.objects.select_related("loan")
    task = mine.filter(pk=task_id, loan__customer__user=user).first()
    if task is None:
        raise Http404
    if task.is_completed:
        raise Conflict("The task is completed already.")
    task.is_completed = True
    task.completed_at = timezone.now()
    task.save(update_fields=["is_completed", "completed_at"])
    loan = task.loan
    if loan.current_task_id == task.pk:
        loan.current_task = None
        if (
            task.task_type == TaskExecution.Type.DISBURSEMENT
            and loan.status == Loan.Status.IN_PROGRESS
        ):
            loan.status = Loan.Status.COMPLETED
        loan.save(update_fields=["current_task", "status"])
    return task


class TaskCreateView(GenericAPIView):
    serializer_class = OwnLoanTaskSerializer
    throttle_scope = "task_create"

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = start(request.user, **serializer.validated_data)
        return Response(
            {"message": "Task created", "task_id": task.pk}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(GenericAPIView):
    serializer_class = OwnTaskSerializer

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = complete(request.user, **serializer.validated_data)
        return Response({"message": "Task completed", "task_id": task.pk})
