from urllib.parse import urlencode

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer


class LoanListCreateView(APIView):
    page_size = 50

    def get(self, request):
        loans = Loan.objects.select_related("customer__user", "current_task").prefetch_related(
            "tasks"
        )
        loans = loans.order_by("-created_at")
        before = parse_datetime(request.query_params.get("before", ""))
        if before is not None:
            loans = loans.filter(created_at__lt=before)
        found = list(loans[: self.page_size + 1])
        page, more = found[: self.page_size], len(found) > self.page_size
        link = None
        if more:
            query = urlencode({"before": page[-1].created_at.isoformat()})
            link = request.build_absolute_uri(f"{request.path}?{query}")
        return Response({"next": link, "results": LoanSerializer(page, many=True).data})

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
