from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer


class LoanListCreateView(APIView):
    def get(self, request):
        loans = Loan.objects.all()
        serializer = LoanSerializer(loans, many=True)
        return Response(serializer.data)

    def post(self, request):
        serializer = LoanSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    @transaction.atomic
    def post(self, request):
        loan_id = request.data.get("loan_id")
        task_type = request.data.get("task_type")
        if task_type not in TaskExecution.Type.values:
            return Response({"error": "Unknown task type"}, status=status.HTTP_400_BAD_REQUEST)
        loan = get_object_or_404(Loan.objects.select_for_update(), id=loan_id)
        if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
            return Response({"error": "Loan is closed"}, status=status.HTTP_409_CONFLICT)
        if loan.tasks.filter(is_completed=False).exists():
            return Response(
                {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
            )
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    def post(self, request):
        task = get_object_or_404(
            TaskExecution, id=request.data.get("task_id"), loan__customer__user__is_active=True
        )
        others = TaskExecution.objects.filter(loan=OuterRef("pk"), is_completed=False)
        paid_out = Q(status=Loan.Status.IN_PROGRESS) & ~Exists(others.exclude(pk=task.pk))
        if task.task_type != TaskExecution.Type.DISBURSEMENT:
            paid_out &= Q(pk=None)
        Loan.objects.filter(current_task=task, customer__user__is_active=True).update(
            current_task=None,
            status=Case(When(paid_out, then=Value(Loan.Status.COMPLETED)), default=F("status")),
        )
        done = TaskExecution.objects.filter(
            id=task.id, is_completed=False, loan__customer__user__is_active=True
        ).update(is_completed=True, completed_at=timezone.now())
        if not done:
            return Response({"error": "Task is already completed"}, status=status.HTTP_409_CONFLICT)
        return Response({"message": "Task completed", "task_id": task.id})
