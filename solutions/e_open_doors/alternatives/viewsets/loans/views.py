from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import mixins, status, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer


class TaskCreateThrottle(UserRateThrottle):
    scope = "task_create"
    rate = "60/min"


class LoanViewSet(mixins.ListModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet):
    permission_classes = [IsAuthenticated]
    serializer_class = LoanSerializer

    def get_queryset(self):
        return Loan.objects.filter(customer__user=self.request.user)


class TaskViewSet(viewsets.ViewSet):
    permission_classes = [IsAuthenticated]

    def get_throttles(self):
        return [TaskCreateThrottle()] if self.action == "create" else []

    def create(self, request):
        serializer = TaskCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan_id = serializer.validated_data["loan_id"]
        task_type = serializer.validated_data["task_type"]
        loan = get_object_or_404(Loan, id=loan_id, customer__user=request.user)
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )

    def complete(self, request):
        serializer = TaskCompleteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task_id = serializer.validated_data["task_id"]
        task = get_object_or_404(TaskExecution, id=task_id, loan__customer__user=request.user)
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        return Response({"message": "Task completed", "task_id": task.id})
