from django.db import connection
from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .exceptions import Conflict
from .models import Loan, TaskExecution
from .pagination import LoanPagination
from .serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer

# The pointer must be null and no task open: the one is the lock, the other is held by an index.
START = """
WITH started AS (
    UPDATE loans_loan AS l
       SET current_task_id = nextval(pg_get_serial_sequence('loans_taskexecution', 'id')),
           status = 'IN_PROGRESS'
      FROM loans_customer AS c
     WHERE l.id = %(loan_id)s AND c.id = l.customer_id AND c.user_id = %(user)s
       AND l.status IN ('NEW', 'IN_PROGRESS')
       AND NOT EXISTS (
           SELECT 1 FROM loans_taskexecution AS t WHERE t.loan_id = l.id AND NOT t.is_completed
       )
    RETURNING l.id, l.current_task_id
)
INSERT INTO loans_taskexecution (id, loan_id, task_type, is_completed, started_at)
SELECT current_task_id, id, %(task_type)s, false, clock_timestamp() FROM started
RETURNING id
"""

FINISH = """
WITH finished AS (
    UPDATE loans_taskexecution AS t SET is_completed = true, completed_at = clock_timestamp()
      FROM loans_loan AS l JOIN loans_customer AS c ON c.id = l.customer_id
     WHERE t.id = %(task_id)s AND NOT t.is_completed
       AND l.id = t.loan_id AND c.user_id = %(user)s
    RETURNING t.id, t.loan_id, t.task_type
), settled AS (
    UPDATE loans_loan AS l
       SET current_task_id = NULL,
           status = CASE
               WHEN f.task_type = 'DISBURSEMENT' AND l.status = 'IN_PROGRESS' THEN 'COMPLETED'
               ELSE l.status END
      FROM finished AS f
     WHERE l.id = f.loan_id AND l.current_task_id = f.id
    RETURNING l.id
)
SELECT id, (SELECT count(*) FROM settled) FROM finished
"""


class LoanListCreateView(APIView):
    def get(self, request):
        loans = Loan.objects.filter(customer__user=request.user)
        loans = loans.select_related("customer__user", "current_task").prefetch_related("tasks")
        paginator = LoanPagination()
        page = paginator.paginate_queryset(loans, request, view=self)
        serializer = LoanSerializer(page, many=True)
        return paginator.get_paginated_response(serializer.data)

    def post(self, request):
        serializer = LoanSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    throttle_scope = "task-create"

    def post(self, request):
        serializer = TaskCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        with connection.cursor() as cursor:
            cursor.execute(START, {**data, "user": request.user.pk})
            row = cursor.fetchone()
        if row is None:
            get_object_or_404(Loan, id=data["loan_id"], customer__user=request.user)
            raise Conflict("The loan is closed, or has an active task already.")
        return Response(
            {"message": "Task created", "task_id": row[0]}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    def post(self, request):
        serializer = TaskCompleteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task_id = serializer.validated_data["task_id"]
        with connection.cursor() as cursor:
            cursor.execute(FINISH, {"task_id": task_id, "user": request.user.pk})
            done = cursor.fetchone()
        if done is None:
            get_object_or_404(TaskExecution, id=task_id, loan__customer__user=request.user)
            raise Conflict("The task is completed already.")
        return Response({"message": "Task completed", "task_id": task_id})
