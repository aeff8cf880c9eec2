from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import generics, status
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.response import Response

from .exceptions import NotAllowedNow
from .models import Loan, TaskExecution
from .serializers import FinishTaskSerializer, LoanSerializer, StartTaskSerializer


class LoanPagination(LimitOffsetPagination):
    default_limit = 200
    max_limit = 200


class LoanListCreateView(generics.ListCreateAPIView):
    serializer_class = LoanSerializer
    pagination_class = LoanPagination

    def get_queryset(self):
        return (
            Loan.objects.owned_by(self.request.user)
            .select_related("customer__user", "current_task")
            .prefetch_related("tasks")
        )


class TaskCreateView(generics.GenericAPIView):
    serializer_class = StartTaskSerializer
    throttle_scope = "create-task"

    @transaction.atomic
    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        mine = Loan.objects.owned_by(request.user)
        found = get_object_or_404(mine, pk=serializer.validated_data["loan_id"])
        loan = Loan.objects.lock(pk=found.pk)
        if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
            raise NotAllowedNow("The loan is closed.")
        if loan.tasks.filter(is_completed=False).exists():
            raise NotAllowedNow("The loan has an active task.")
        task = loan.tasks.create(task_type=serializer.validated_data["task_type"])
        loan.current_task, loan.status = task, Loan.Status.IN_PROGRESS
        loan.save()
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(generics.GenericAPIView):
    serializer_class = FinishTaskSerializer

    @transaction.atomic
    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        mine = TaskExecution.objects.owned_by(request.user)
        task = get_object_or_404(mine, pk=serializer.validated_data["task_id"])
        loan = Loan.objects.lock(pk=task.loan_id)
        task.refresh_from_db()
        if task.is_completed:
            raise NotAllowedNow("The task is completed already.")
        task.is_completed, task.completed_at = True, timezone.now()
        task.save()
        if loan.current_task_id == task.pk:
            loan.current_task = None
            if (
                task.task_type == TaskExecution.Type.DISBURSEMENT
                and loan.status == Loan.Status.IN_PROGRESS
            ):
                loan.status = Loan.Status.COMPLETED
            loan.save()
        return Response({"message": "Task completed", "task_id": task.id})
