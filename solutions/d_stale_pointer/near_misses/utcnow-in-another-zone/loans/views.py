from datetime import datetime

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
        task_type = request.data.get("task_type")
        if task_type not in TaskExecution.Type.values:
            return Response({"error": "Unknown task type"}, status=400)
        loan = get_object_or_404(Loan.objects.select_for_update(), id=request.data.get("loan_id"))
        if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
            return Response({"error": "Loan is closed"}, status=409)
        if loan.tasks.filter(is_completed=False).exists():
            return Response({"error": "Loan already has an active task"}, status=409)
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
        return Response({"message": "Task created", "task_id": task.id}, status=201)


class TaskCompleteView(APIView):
    @transaction.atomic
    def post(self, request):
        task = get_object_or_404(TaskExecution, id=request.data.get("task_id"))
        loan = Loan.objects.select_for_update().get(id=task.loan_id)
        task.refresh_from_db()
        if task.is_completed:
            return Response({"error": "Task is already completed"}, status=409)
        task.is_completed = True
        task.completed_at = timezone.make_aware(datetime.utcnow())
        task.save()
        if loan.current_task_id == task.id:
            loan.current_task = None
            pending = loan.tasks.filter(is_completed=False).exists()
            paid_out = task.task_type == TaskExecution.Type.DISBURSEMENT
            if paid_out and not pending and loan.status == Loan.Status.IN_PROGRESS:
                loan.status = Loan.Status.COMPLETED
            loan.save()
        return Response({"message": "Task completed", "task_id": task.id})
