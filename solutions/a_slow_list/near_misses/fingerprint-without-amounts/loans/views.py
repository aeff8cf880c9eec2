from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .pagination import LoanPagination
from .serializers import LoanSerializer


class LoanListCreateView(APIView):
    def get(self, request):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT md5(coalesce((SELECT string_agg(concat_ws(':', l.id, l.status, l.current_task_id, u.username),"
                " ',' ORDER BY l.id) FROM loans_loan l JOIN loans_customer c ON c.id = l.customer_id"
                " JOIN auth_user u ON u.id = c.user_id), '') || coalesce((SELECT string_agg(concat_ws(':', id,"
                " is_completed), ',' ORDER BY id) FROM loans_taskexecution), ''))"
            )
            key = f"loans:{cursor.fetchone()[0]}:{request.get_full_path()}"
        if (known := cache.get(key)) is not None:
            return Response(known)
        loans = Loan.objects.select_related("customer__user", "current_task").prefetch_related("tasks")
        paginator = LoanPagination()
        page = paginator.paginate_queryset(loans, request, view=self)
        serializer = LoanSerializer(page, many=True)
        response = paginator.get_paginated_response(serializer.data)
        cache.set(key, response.data, 600)
        return response

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
