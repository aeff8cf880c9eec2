from django.db import connection, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer


def hold(loan_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [loan_id])


def release(loan_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [loan_id])


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
        hold(loan.id)
        try:
            return self.start(loan, task_type)
        finally:
            release(loan.id)

    @transaction.atomic
    def start(self, loan, task_type):
        loan.refresh_from_db()
        if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
            return Response({"error": "Loan is closed"}, status=status.HTTP_409_CONFLICT)
        if loan.tasks.filter(is_completed=False).exists():
            return Response(
                {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
            )
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        Loan.objects.filter(id=loan.id).update(current_task=task, status=Loan.Status.IN_PROGRESS)
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    def post(self, request):
        task = get_object_or_404(TaskExecution, id=request.data.get("task_id"))
        hold(task.loan_id)
        try:
            return self.finish(task)
        finally:
            release(task.loan_id)

    @transaction.atomic
    def finish(self, task):
        loan = Loan.objects.get(id=task.loan_id)
        task.refresh_from_db()
        if task.is_completed:
            return Response({"error": "Task is already completed"}, status=status.HTTP_409_CONFLICT)
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
