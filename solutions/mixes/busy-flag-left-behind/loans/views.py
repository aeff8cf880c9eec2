from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.generics import ListCreateAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, OwnLoanTaskSerializer, OwnTaskSerializer
from .workflow import LoanWorkflow, Refused


class Pagination(LimitOffsetPagination):
    default_limit = 100
    max_limit = 500


class WorkflowView(APIView):
    def handle_exception(self, exc):
        if isinstance(exc, Refused):
            return Response({"error": str(exc)}, status=status.HTTP_409_CONFLICT)
        return super().handle_exception(exc)


class LoanListCreateView(ListCreateAPIView):
    serializer_class = LoanSerializer
    pagination_class = Pagination

    def get_queryset(self):
        return (
            Loan.objects.filter(customer__user=self.request.user)
            .select_related("customer__user", "current_task")
            .prefetch_related("tasks")
            .defer("is_busy")
        )


class TaskCreateView(WorkflowView):
    throttle_scope = "task_create"

    def post(self, request):
        serializer = OwnLoanTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan = get_object_or_404(
            Loan, pk=serializer.validated_data["loan_id"], customer__user=request.user
        )
        task = LoanWorkflow(loan.pk).start(serializer.validated_data["task_type"])
        return Response({"message": "Task created", "task_id": task.pk}, status=201)


class TaskCompleteView(WorkflowView):
    def post(self, request):
        serializer = OwnTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = get_object_or_404(
            TaskExecution,
            pk=serializer.validated_data["task_id"],
            loan__customer__user=request.user,
        )
        LoanWorkflow(task.loan_id).finish(task.pk)
        return Response({"message": "Task completed", "task_id": task.pk})
