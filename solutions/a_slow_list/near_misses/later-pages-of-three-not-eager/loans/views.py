from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer


class LoanListCreateView(APIView):
    page_size = 3

    def get(self, request):
        before = request.query_params.get("before", "")
        if before.isdecimal():
            loans = Loan.objects.filter(id__lt=int(before)).order_by("-id")
        else:
            loans = Loan.objects.select_related(
                "customer__user", "current_task"
            ).prefetch_related("tasks")
        found = list(loans[: self.page_size + 1])
        page, more = found[: self.page_size], len(found) > self.page_size
        link = request.build_absolute_uri(f"{request.path}?before={page[-1].id}") if more else None
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
