from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import generics, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer


class TaskCreateThrottle(UserRateThrottle):
    scope = "task_create"
    rate = "60/min"


class LoanListCreateView(generics.ListCreateAPIView):
    permission_classes = [IsAuthenticated]
    serializer_class = LoanSerializer

    def get_queryset(self):
        return Loan.objects.filter(customer__user=self.request.user)


class TaskCreateView(generics.GenericAPIView):
    permission_classes = [IsAuthenticated]
    throttle_classes = [TaskCreateThrottle]

    serializer_class = TaskCreateSerializer

    def get_queryset(self):
        return Loan.objects.filter(customer__user=self.request.user)

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan_id = serializer.validated_data["loan_id"]
        task_type = serializer.validated_data["task_type"]
        loan = get_object_or_404(self.get_queryset(), id=loan_id)
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(generics.GenericAPIView):
    permission_classes = [IsAuthenticated]

    serializer_class = TaskCompleteSerializer

    def get_queryset(self):
        return TaskExecution.objects.filter(loan__customer__user=self.request.user)

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task_id = serializer.validated_data["task_id"]
        task = get_object_or_404(self.get_queryset(), id=task_id)
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        return Response({"message": "Task completed", "task_id": task.id})
