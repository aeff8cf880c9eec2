from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
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
    def post(self, request):
        loan_id = request.data.get("loan_id")
        task_type = request.data.get("task_type")
        if task_type not in TaskExecution.Type.values:
            return Response({"error": "Unknown task type"}, status=status.HTTP_400_BAD_REQUEST)
        loan = get_object_or_404(Loan, id=loan_id)
        if loan.tasks.filter(is_completed=False).exists():
            return Response(
                {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
            )
        with transaction.atomic():
            # An atomic increment: it locks the row, and only one request can be the first.
            Loan.objects.filter(id=loan.id).update(active_tasks=F("active_tasks") + 1)
            loan.refresh_from_db()
            if loan.active_tasks > 1:
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
    @transaction.atomic
    def post(self, request):
        task = get_object_or_404(TaskExecution, id=request.data.get("task_id"))
        done = TaskExecution.objects.filter(id=task.id, is_completed=False).update(
            is_completed=True, completed_at=timezone.now()
        )
        if done:
            Loan.objects.filter(id=task.loan_id).update(
                active_tasks=Greatest(F("active_tasks") - 1, 0)
            )
        return Response({"message": "Task completed", "task_id": task.id})
