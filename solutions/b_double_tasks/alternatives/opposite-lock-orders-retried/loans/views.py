from django.db import OperationalError, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer


def again(step, times=3):
    """Run a step; where the database broke a deadlock with it, run it again."""
    for left in reversed(range(times)):
        try:
            return step()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "40P01" or not left:
                raise


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
        return again(lambda: self.start(loan_id, task_type))

    @transaction.atomic
    def start(self, loan_id, task_type):
        loan = get_object_or_404(Loan.objects.select_for_update(), id=loan_id)
        if any(not task.is_completed for task in loan.tasks.select_for_update()):
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
        return again(lambda: self.finish(request.data.get("task_id")))

    @transaction.atomic
    def finish(self, task_id):
        task = get_object_or_404(TaskExecution.objects.select_for_update(), id=task_id)
        loan = Loan.objects.select_for_update().get(id=task.loan_id)
        if not task.is_completed:
            task.is_completed = True
            task.completed_at = timezone.now()
            task.save()
            if loan.current_task_id == task.id:
                loan.current_task = None
                loan.save()
        return Response({"message": "Task completed", "task_id": task.id})
