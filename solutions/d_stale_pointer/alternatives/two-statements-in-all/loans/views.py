from django.db import connection
from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer

START = """
WITH started AS (
    UPDATE loans_loan
       SET current_task_id = nextval(pg_get_serial_sequence('loans_taskexecution', 'id')),
           status = 'IN_PROGRESS'
     WHERE id = %s AND current_task_id IS NULL AND status IN ('NEW', 'IN_PROGRESS')
    RETURNING id, current_task_id
)
INSERT INTO loans_taskexecution (id, loan_id, task_type, is_completed, started_at)
SELECT current_task_id, id, %s, false, clock_timestamp() FROM started
RETURNING id
"""

FINISH = """
WITH finished AS (
    UPDATE loans_taskexecution SET is_completed = true, completed_at = clock_timestamp()
     WHERE id = %s AND NOT is_completed
    RETURNING id, loan_id, task_type
), settled AS (
    UPDATE loans_loan AS l
       SET current_task_id = NULL,
           status = CASE
               WHEN f.task_type = 'DISBURSEMENT' AND l.status = 'IN_PROGRESS'
                    AND NOT EXISTS (
                        SELECT 1 FROM loans_taskexecution AS t
                         WHERE t.loan_id = l.id AND NOT t.is_completed AND t.id <> f.id
                    )
               THEN 'COMPLETED' ELSE l.status END
      FROM finished AS f
     WHERE l.id = f.loan_id AND l.current_task_id = f.id
    RETURNING l.id
)
SELECT f.id FROM finished AS f LEFT JOIN settled AS s ON s.id = f.loan_id
"""


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
        with connection.cursor() as cursor:
            cursor.execute(START, [loan.id, task_type])
            row = cursor.fetchone()
        if row is None:
            return Response(
                {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
            )
        return Response(
            {"message": "Task created", "task_id": row[0]}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    def post(self, request):
        task = get_object_or_404(TaskExecution, id=request.data.get("task_id"))
        with connection.cursor() as cursor:
            cursor.execute(FINISH, [task.id])
            done = cursor.fetchone()
        if done is None:
            return Response({"error": "Task is already completed"}, status=status.HTTP_409_CONFLICT)
        return Response({"message": "Task completed", "task_id": task.id})
