from django.db import IntegrityError, transaction
from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.generics import ListCreateAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, OwnLoanTaskSerializer, OwnTaskSerializer

ATTEMPTS = 3
STALE = {"error": "The loan was changed meanwhile; read it again."}


class LoanPagination(LimitOffsetPagination):
    default_limit = 100
    max_limit = 1000


class LoanListCreateView(ListCreateAPIView):
    serializer_class = LoanSerializer
    pagination_class = LoanPagination

    def get_queryset(self):
        return (
            Loan.objects.filter(customer__user=self.request.user)
            .select_related("customer__user", "current_task")
            .prefetch_related("tasks")
        )


class OptimisticView(APIView):
    """Makes a step up to three times, until nobody has come between."""

    input_serializer = None

    def post(self, request):
        serializer = self.input_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        for _ in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    return self.step(request.user, **serializer.validated_data)
            except (Loan.Stale, IntegrityError):
                continue
        return Response(STALE, status=status.HTTP_409_CONFLICT)


class TaskCreateView(OptimisticView):
    input_serializer = OwnLoanTaskSerializer
    throttle_scope = "task_create"

    def step(self, user, loan_id, task_type):
        loan = get_object_or_404(Loan, pk=loan_id, customer__user=user)
        closed = loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED)
        if closed or loan.tasks.filter(is_completed=False).exists():
            return Response(
                {"error": "The loan is closed or has an active task."},
                status=status.HTTP_409_CONFLICT,
            )
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.change(current_task=task, status=Loan.Status.IN_PROGRESS)
        return Response(
            {"message": "Task created", "task_id": task.pk}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(OptimisticView):
    input_serializer = OwnTaskSerializer

    def step(self, user, task_id):
        own = TaskExecution.objects.filter(pk=task_id, loan__customer__user=user)
        # An UPDATE that changes nothing waits for whoever is at the task.
        own.update(task_type=F("task_type"))
        task = get_object_or_404(own.select_related("loan"))
        if task.is_completed:
            return Response({"message": "Task completed", "task_id": task.pk})
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        loan = task.loan
        if loan.current_task_id == task.pk:
            paid_out = task.task_type == TaskExecution.Type.DISBURSEMENT
            done = paid_out and loan.status == Loan.Status.IN_PROGRESS
            loan.change(current_task=None, status="COMPLETED" if done else loan.status)
        return Response({"message": "Task completed", "task_id": task.pk})
