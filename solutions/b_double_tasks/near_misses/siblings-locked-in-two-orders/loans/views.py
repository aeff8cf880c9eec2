from django.db import transaction
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
        tasks = list(loan.tasks.select_for_update().order_by("id"))
        if any(not task.is_completed for task in tasks):
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
        task = get_object_or_404(
            TaskExecution.objects.select_for_update(), id=request.data.get("task_id")
        )
        # All tasks of the loan are locked while it is decided whether the loan is done.
        siblings = list(
            TaskExecution.objects.select_for_update()
            .filter(loan_id=task.loan_id)
            .exclude(id=task.id)
        )
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        done = all(sibling.is_completed for sibling in siblings)
        return Response({"message": "Task completed", "task_id": task.id, "all_done": done})
