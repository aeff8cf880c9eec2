from django.db import transaction
from django.db.models import F
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
        get_object_or_404(Loan, id=loan_id)
        with transaction.atomic():
            # The row is locked by this UPDATE; whoever comes second finds the counter at one.
            free = Loan.objects.filter(id=loan_id, open_tasks=0).update(
                open_tasks=F("open_tasks") + 1
            )
            if not free:
                return Response(
                    {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
                )
            task = TaskExecution.objects.create(loan_id=loan_id, task_type=task_type)
            Loan.objects.filter(id=loan_id).update(
                current_task=task, status=Loan.Status.IN_PROGRESS
            )
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
        if not done:
            return Response({"error": "Task already completed"}, status=status.HTTP_409_CONFLICT)
        Loan.objects.filter(id=task.loan_id).update(open_tasks=F("open_tasks") - 1)
        return Response({"message": "Task completed", "task_id": task.id})
