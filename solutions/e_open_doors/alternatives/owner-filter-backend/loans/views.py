from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from .filters import OwnRowsFilterBackend
from .models import Loan, TaskExecution
from .serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer


class LoanListCreateView(generics.ListCreateAPIView):
    queryset = Loan.objects.all()
    serializer_class = LoanSerializer
    filter_backends = [OwnRowsFilterBackend]
    owner_path = "customer__user"


class TaskCreateView(generics.GenericAPIView):
    queryset = Loan.objects.all()
    filter_backends = [OwnRowsFilterBackend]
    owner_path = "customer__user"
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "task_create"

    def post(self, request):
        serializer = TaskCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan_id = serializer.validated_data["loan_id"]
        task_type = serializer.validated_data["task_type"]
        loan = get_object_or_404(self.filter_queryset(self.get_queryset()), id=loan_id)
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(generics.GenericAPIView):
    queryset = TaskExecution.objects.all()
    filter_backends = [OwnRowsFilterBackend]
    owner_path = "loan__customer__user"

    def post(self, request):
        serializer = TaskCompleteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task_id = serializer.validated_data["task_id"]
        task = get_object_or_404(self.filter_queryset(self.get_queryset()), id=task_id)
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        return Response({"message": "Task completed", "task_id": task.id})
