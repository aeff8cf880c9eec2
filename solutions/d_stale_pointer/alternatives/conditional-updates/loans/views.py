from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer

OPEN_STATUSES = [Loan.Status.NEW, Loan.Status.IN_PROGRESS]


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
        loan = get_object_or_404(Loan, id=loan_id)
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        moved = Loan.objects.filter(id=loan.id, status__in=OPEN_STATUSES).update(
            current_task=task, status=Loan.Status.IN_PROGRESS
        )
        if not moved:
            transaction.set_rollback(True)
            return Response({"error": "Loan is closed"}, status=status.HTTP_409_CONFLICT)
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    @transaction.atomic
    def post(self, request):
        task_id = request.data.get("task_id")
        task = get_object_or_404(TaskExecution, id=task_id)
        done = TaskExecution.objects.filter(id=task.id, is_completed=False).update(
            is_completed=True, completed_at=timezone.now()
        )
        if not done:
            return Response({"error": "Task is already completed"}, status=status.HTTP_409_CONFLICT)
        was_current = Loan.objects.filter(current_task=task).update(current_task=None)
        pending = TaskExecution.objects.filter(loan=task.loan_id, is_completed=False).exists()
        if was_current and task.task_type == TaskExecution.Type.DISBURSEMENT and not pending:
            Loan.objects.filter(id=task.loan_id, status=Loan.Status.IN_PROGRESS).update(
                status=Loan.Status.COMPLETED
            )
        return Response({"message": "Task completed", "task_id": task.id})
