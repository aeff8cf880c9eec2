from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone
from rest_framework import status
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer


class LoanPagination(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class LoanListCreateView(APIView):
    def get(self, request):
        tasks = TaskExecution.objects.filter(loan=OuterRef("pk")).order_by("id")
        columns = ("id", "loan", "task_type", "is_completed", "started_at", "completed_at")
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
            its_tasks=ArraySubquery(
                tasks.values(json=JSONObject(**{name: name for name in columns}))
            ),
        )
        paginator = LoanPagination()
        page = paginator.paginate_queryset(loans, request, view=self)
        return paginator.get_paginated_response(
            [
                {**loan, "amount": str(loan["amount"]), "tasks": loan.pop("its_tasks")}
                for loan in page
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
