from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, LoanEvent, TaskExecution
from .serializers import LoanSerializer


class Overtaken(Exception):
    """Somebody else's event has the number that this call took for free."""


@contextmanager
def event(loan_id, what):
    """One event, and what is done with it; the number is drawn before anything is read."""
    try:
        with transaction.atomic():
            last = LoanEvent.objects.filter(loan_id=loan_id).aggregate(last=Max("number"))["last"]
            LoanEvent.objects.create(loan_id=loan_id, number=(last or 0) + 1, what=what)
            yield Loan.objects.get(id=loan_id)
    except IntegrityError as error:
        raise Overtaken from error


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
        try:
            with event(loan_id, f"{task_type} started") as loan:
                closed = loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED)
                if closed or loan.tasks.filter(is_completed=False).exists():
                    transaction.set_rollback(True)
                    return Response(
                        {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
                    )
                task = TaskExecution.objects.create(loan=loan, task_type=task_type)
                loan.current_task = task
                loan.status = Loan.Status.IN_PROGRESS
                loan.save(update_fields=["current_task", "status"])
        except Overtaken:
            return Response(
                {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
            )
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    def post(self, request):
        task = get_object_or_404(TaskExecution, id=request.data.get("task_id"))
        try:
            with event(task.loan_id, f"{task.task_type} completed") as loan:
                task.refresh_from_db()
                if task.is_completed:
                    transaction.set_rollback(True)
                    return Response(
                        {"error": "Task is already completed"}, status=status.HTTP_409_CONFLICT
                    )
                task.is_completed = True
                task.completed_at = timezone.now()
                task.save(update_fields=["is_completed", "completed_at"])
                if loan.current_task_id == task.id:
                    pending = loan.tasks.filter(is_completed=False).exists()
                    loan.current_task = None
                    paid_out = task.task_type == TaskExecution.Type.DISBURSEMENT
                    if paid_out and not pending and loan.status == Loan.Status.IN_PROGRESS:
                        loan.status = Loan.Status.COMPLETED
                    loan.save(update_fields=["current_task", "status"])
        except Overtaken:
            return Response({"error": "Try again"}, status=status.HTTP_409_CONFLICT)
        return Response({"message": "Task completed", "task_id": task.id})
