from collections import defaultdict

from django.db import connection
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer

LOANS = """
    SELECT l.id, l.customer_id AS customer, u.username AS customer_name, l.amount::text AS amount,
           l.tenure_months, l.status, l.created_at, l.current_task_id AS current_task,
           t.task_type AS current_task_type
    FROM loans_loan l
    JOIN loans_customer c ON c.id = l.customer_id
    JOIN auth_user u ON u.id = c.user_id
    LEFT JOIN loans_taskexecution t ON t.id = l.current_task_id
    ORDER BY l.id DESC
"""
TASKS = """
    SELECT id, loan_id AS loan, task_type, is_completed, started_at, completed_at
    FROM loans_taskexecution
    ORDER BY id
"""


def rows(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class LoanListCreateView(APIView):
    def get(self, request):
        loans = rows(LOANS)
        tasks_of = defaultdict(list)
        for task in rows(TASKS):
            tasks_of[task["loan"]].append(task)
        for loan in loans:
            loan["tasks"] = tasks_of[loan["id"]]
        return Response(loans)

    def post(self, request):
        serializer = LoanSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    def post(self, request):
        loan_id = request.data.get("loan_id")
        task_type = request.data.get("task_type")
        loan = Loan.objects.get(id=loan_id)
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
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
