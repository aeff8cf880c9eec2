from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .pagination import LoanPagination
from .serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer


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

    @transaction.atomic
    def post(self, request):
        serializer = TaskCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan = get_object_or_404(
            Loan, id=serializer.validated_data["loan_id"], customer__user=request.user
        )
        task = loan.tasks.create(task_type=serializer.validated_data["task_type"])
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    @transaction.atomic
    def post(self, request):
        serializer = TaskCompleteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = get_object_or_404(
            TaskExecution, id=serializer.validated_data["task_id"], loan__customer__user=request.user
        )
        Loan.objects.select_for_update(no_key=True).get(id=task.loan_id)
        task.refresh_from_db()
        if not task.is_completed:
            task.is_completed = True
            task.completed_at = timezone.now()
            task.save()
        return Response({"message": "Task completed", "task_id": task.id})
