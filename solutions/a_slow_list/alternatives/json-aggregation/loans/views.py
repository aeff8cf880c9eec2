from django.contrib.postgres.aggregates import JSONBAgg
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import JSONObject
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer


def with_tasks(loan):
    loan["amount"] = str(loan["amount"])
    loan["tasks"] = loan.pop("task_list")
    return loan


class LoanListCreateView(APIView):
    def get(self, request):
        tasks = JSONBAgg(
            JSONObject(
                id="tasks__id",
                loan="tasks__loan_id",
                task_type="tasks__task_type",
                is_completed="tasks__is_completed",
                started_at="tasks__started_at",
                completed_at="tasks__completed_at",
            ),
            filter=Q(tasks__isnull=False),
            order_by="tasks__id",
            default=Value([], output_field=models.JSONField()),
        )
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
        ).annotate(task_list=tasks)
        return Response([with_tasks(loan) for loan in loans])

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
