from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import generics, status
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, OwnLoanTaskSerializer, OwnTaskSerializer


class NewestFirst(CursorPagination):
    page_size = 40
    ordering = "-id"


class LoanListCreateView(generics.ListCreateAPIView):
    serializer_class = LoanSerializer
    pagination_class = NewestFirst

    def get_queryset(self):
        return (
            Loan.objects.filter(customer__user=self.request.user)
            .select_related("customer__user", "current_task")
            .prefetch_related("tasks")
        )


class TaskCreateView(APIView):
    throttle_scope = "tasks"

    def post(self, request):
        serializer = OwnLoanTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan = get_object_or_404(
            Loan, id=serializer.validated_data["loan_id"], customer__user=request.user
        )
        try:
            task = TaskExecution.objects.create(
                loan=loan, task_type=serializer.validated_data["task_type"]
            )
        except IntegrityError:
            return Response(
                {"error": "The loan is closed or has an active task."},
                status=status.HTTP_409_CONFLICT,
            )
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    def post(self, request):
        serializer = OwnTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = get_object_or_404(
            TaskExecution,
            id=serializer.validated_data["task_id"],
            loan__customer__user=request.user,
        )
        TaskExecution.objects.filter(pk=task.pk).update(
            is_completed=True, completed_at=timezone.now()
        )
        return Response({"message": "Task completed", "task_id": task.id})
