from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .selectors import loan_rows, own_loans, own_tasks
from .serializers import DoneTaskSerializer, NewLoanSerializer, NewTaskSerializer

OPEN = [Loan.Status.NEW, Loan.Status.IN_PROGRESS]


def conflict(message):
    return Response({"error": message}, status=status.HTTP_409_CONFLICT)


class LoanListCreateView(APIView):
    def get(self, request):
        paginator = LimitOffsetPagination()
        paginator.default_limit, paginator.max_limit = 100, 1000
        ids = paginator.paginate_queryset(own_loans(request.user).values_list("id"), request)
        rows = loan_rows(Loan.objects.filter(id__in=[pk for (pk,) in ids]))
        return paginator.get_paginated_response(rows)

    def post(self, request):
        serializer = NewLoanSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        loan = serializer.save()
        [row] = loan_rows(Loan.objects.filter(pk=loan.pk))
        return Response(row, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    throttle_scope = "task"

    def post(self, request):
        serializer = NewTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan = get_object_or_404(own_loans(request.user), pk=serializer.validated_data["loan_id"])
        try:
            with transaction.atomic():
                task = TaskExecution.objects.create(
                    loan=loan, task_type=serializer.validated_data["task_type"]
                )
                started = Loan.objects.filter(pk=loan.pk, status__in=OPEN).update(
                    current_task=task, status=Loan.Status.IN_PROGRESS
                )
                if not started:
                    transaction.set_rollback(True)
                    return conflict("The loan is closed.")
        except IntegrityError:
            return conflict("The loan has an open task.")
        body = {"message": "Task created", "task_id": task.pk}
        return Response(body, status=status.HTTP_201_CREATED)


class TaskCompleteView(APIView):
    def post(self, request):
        serializer = DoneTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = get_object_or_404(own_tasks(request.user), pk=serializer.validated_data["task_id"])
        paid_out = task.task_type == TaskExecution.Type.DISBURSEMENT
        with transaction.atomic():
            done = TaskExecution.objects.filter(pk=task.pk, completed_at=None).update(
                completed_at=timezone.now()
            )
            if done:
                Loan.objects.filter(pk=task.loan_id, current_task=task).update(
                    current_task=None,
                    status=Case(
                        When(
                            Q(status=Loan.Status.IN_PROGRESS) & Q(Value(paid_out)),
                            then=Value(Loan.Status.COMPLETED),
                        ),
                        default=F("status"),
                    ),
                )
        return Response({"message": "Task completed", "task_id": task.pk})
