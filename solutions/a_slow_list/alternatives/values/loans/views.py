from collections import defaultdict

from django.db.models import (
    F,
)
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer


class LoanListCreateView(APIView):
    def get(self, request):
        loans = Loan.objects.values(
            "id",
            "customer",
            "amount",
            "tenure_months",
            "status",
            "created_at",
            "current_task",
            customer_name=F("customer__user__username"),
            current_task_type=F("current_task__task_type"),
        )
        tasks_of = defaultdict(list)
        for task in TaskExecution.objects.values():
            task["loan"] = task.pop("loan_id")
            tasks_of[task["loan"]].append(task)
        return Response(
            [
                {**loan, "amount": str(loan["amount"]), "tasks": tasks_of[loan["id"]]}
                for loan in loans
            ]
        )

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
