from django.db import transaction
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


class OwnLoanView(APIView):
    def check_owner(self, loan):
        """Refuse as for a loan that is not there; the transaction takes back what was written."""
        if not Loan.objects.filter(id=loan.id, customer__user=self.request.user).exists():
            raise NotFound


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


class TaskCreateView(OwnLoanView):
    permission_classes = [IsAuthenticated]
    throttle_classes = [TaskCreateThrottle]

    @transaction.atomic
    def post(self, request):
        serializer = TaskCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan_id = serializer.validated_data["loan_id"]
        task_type = serializer.validated_data["task_type"]
        loan = Loan.objects.filter(id=loan_id).first()
        if loan is None:
            raise NotFound
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
        self.check_owner(loan)
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(OwnLoanView):
    permission_classes = [IsAuthenticated]

    @transaction.atomic
    def post(self, request):
        serializer = TaskCompleteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task_id = serializer.validated_data["task_id"]
        task = TaskExecution.objects.filter(id=task_id).first()
        if task is None:
            raise NotFound
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        self.check_owner(task.loan)
        return Response({"message": "Task completed", "task_id": task.id})
