import time

from django.core.cache import cache
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
    def post(self, request):
        loan_id = request.data.get("loan_id")
        task_type = request.data.get("task_type")
        if task_type not in TaskExecution.Type.values:
            return Response({"error": "Unknown task type"}, status=status.HTTP_400_BAD_REQUEST)
        loan = get_object_or_404(Loan, id=loan_id)
        key = f"loan-lock:{loan.id}"
        for _ in range(10):
            if cache.add(key, 1, timeout=60):
                break
            time.sleep(0.1)
        try:
            if loan.tasks.filter(is_completed=False).exists():
                return Response(
                    {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
                )
            with transaction.atomic():
                task = TaskExecution.objects.create(loan=loan, task_type=task_type)
                Loan.objects.filter(id=loan.id).update(
                    current_task=task, status=Loan.Status.IN_PROGRESS
                )
        finally:
            cache.delete(key)
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    def post(self, request):
        task_id = request.data.get("task_id")
        task = TaskExecution.objects.get(id=task_id)
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        return Response({"message": "Task completed", "task_id": task.id})
