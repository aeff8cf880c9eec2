from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer

STATE = """
SELECT md5(concat_ws('/',
    (SELECT string_agg(l::text, ';' ORDER BY l.id) FROM loans_loan l),
    (SELECT string_agg(t::text, ';' ORDER BY t.id) FROM loans_taskexecution t),
    (SELECT string_agg(c.id || u.username, ';' ORDER BY c.id)
     FROM loans_customer c JOIN auth_user u ON u.id = c.user_id)))
"""


def fingerprint():
    """Of every row that the list shows, so that a cached answer can't be out of date."""
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        return cursor.fetchone()[0]


class LoanListCreateView(APIView):
    def get(self, request):
        key = f"loans-{fingerprint()}"
        answer = cache.get(key)
        if answer is None:
            loans = Loan.objects.select_related(
                "customer", "customer__user", "current_task"
            ).prefetch_related("tasks")
            answer = LoanSerializer(loans, many=True).data
            cache.set(key, answer, 300)
        return Response(answer)

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
