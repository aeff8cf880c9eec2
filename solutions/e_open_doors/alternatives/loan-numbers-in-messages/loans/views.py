from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer


class TaskCreateThrottle(UserRateThrottle):
    scope = "task_create"
    rate = "60/min"


class LoanListCreateView(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        loans = Loan.objects.filter(customer__user=request.user)
        serializer = LoanSerializer(loans, many=True)
        return Response(serializer.data)

    def post(self, request):
        serializer = LoanSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    permission_classes = [IsAuthenticated]
    throttle_classes = [TaskCreateThrottle]

    def post(self, request):
        serializer = TaskCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan_id = serializer.validated_data["loan_id"]
        task_type = serializer.validated_data["task_type"]
        loan = Loan.objects.filter(id=loan_id, customer__user=request.user).first()
        if loan is None:
            raise NotFound(f"There is no loan LN-{loan_id:012d}.")
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    permission_classes = [IsAuthenticated]

    def post(self, request):
        serializer = TaskCompleteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task_id = serializer.validated_data["task_id"]
        task = TaskExecution.objects.filter(id=task_id, loan__customer__user=request.user).first()
        if task is None:
            raise NotFound(f"There is no task T-{task_id:012d}.")
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        return Response({"message": "Task completed", "task_id": task.id})
