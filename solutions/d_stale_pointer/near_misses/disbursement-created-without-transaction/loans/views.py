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


def start_payout(loan):
    """A payout starts by itself: the bank is asked between the two steps, and no transaction waits for it."""
    task = TaskExecution.objects.create(loan=loan, task_type=TaskExecution.Type.DISBURSEMENT)
    moved = Loan.objects.filter(id=loan.id, status__in=["NEW", "IN_PROGRESS"]).update(
        current_task=task, status=Loan.Status.IN_PROGRESS
    )
    if not moved:
        task.delete()
    return task if moved else None


class TaskCreateView(APIView):
    def post(self, request):
        task_type = request.data.get("task_type")
        if task_type not in TaskExecution.Type.values:
            return Response({"error": "Unknown task type"}, status=400)
        loan = get_object_or_404(Loan, id=request.data.get("loan_id"))
        if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
            return Response({"error": "Loan is closed"}, status=409)
        if loan.tasks.filter(is_completed=False).exists():
            return Response({"error": "Loan already has an active task"}, status=409)
        task = start_payout(loan) if task_type == "DISBURSEMENT" else self.start(loan.id, task_type)
        if task is None:
            return Response({"error": "Loan is busy or closed"}, status=409)
        return Response({"message": "Task created", "task_id": task.id}, status=201)

    @transaction.atomic
    def start(self, loan_id, task_type):
        loan = Loan.objects.select_for_update().get(id=loan_id)
        closed = loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED)
        if closed or loan.tasks.filter(is_completed=False).exists():
            return None
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
        return task


class TaskCompleteView(APIView):
    @transaction.atomic
    def post(self, request):
        task = get_object_or_404(TaskExecution, id=request.data.get("task_id"))
        loan = Loan.objects.select_for_update().get(id=task.loan_id)
        task.refresh_from_db()
        if task.is_completed:
            return Response({"error": "Task is already completed"}, status=409)
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        if loan.current_task_id == task.id:
            loan.current_task = None
            pending = loan.tasks.filter(is_completed=False).exists()
            paid_out = task.task_type == TaskExecution.Type.DISBURSEMENT
            if paid_out and not pending and loan.status == Loan.Status.IN_PROGRESS:
                loan.status = Loan.Status.COMPLETED
            loan.save()
        return Response({"message": "Task completed", "task_id": task.id})
