from django.db import transaction
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, TaskExecutionSerializer


class LoanListCreateView(APIView):
    def get(self, request):
        loans = (
            Loan.objects.filter(customer__user=request.user)
            .select_related("customer", "customer__user", "current_task")
            .prefetch_related("tasks")
        )
        serializer = LoanSerializer(loans, many=True)
        return Response(serializer.data)

    def post(self, request):
        serializer = LoanSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if serializer.validated_data["customer"].user != request.user:
            raise PermissionDenied("A loan can only be created for yourself.")
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "task_create"

    @transaction.atomic
    def post(self, request):
        loan_id = request.data.get("loan_id")
        task_type = request.data.get("task_type")
        if task_type not in TaskExecution.Type.values:
            return Response({"error": "Unknown task type"}, status=status.HTTP_400_BAD_REQUEST)

        # Use select_for_update for pessimistic locking
        try:
            loan = Loan.objects.select_for_update().get(id=loan_id, customer__user=request.user)
        except Loan.DoesNotExist:
            return Response({"error": "Loan not found"}, status=status.HTTP_404_NOT_FOUND)

        # Validate no active task exists
        if loan.current_task and not loan.current_task.is_completed:
            return Response(
                {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
            )

        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = "IN_PROGRESS"
        loan.save()

        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    def post(self, request):
        task_id = request.data.get("task_id")
        try:
            task = TaskExecution.objects.get(id=task_id, loan__customer__user=request.user)
        except TaskExecution.DoesNotExist:
            return Response({"error": "Task not found"}, status=status.HTTP_404_NOT_FOUND)

        serializer = TaskExecutionSerializer(task, data={"is_completed": True}, partial=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response({"message": "Task completed", "task_id": task.id})
