from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .exceptions import Conflict
from .models import Loan, TaskExecution
from .serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer

PAGE_SIZE = 50


class LoanListCreateView(APIView):
    def get(self, request):
        loans = Loan.objects.filter(customer__user=request.user)
        after = request.query_params.get("after", "")
        if after.isdigit():
            loans = (
                loans.filter(id__lt=int(after))
                .select_related("customer__user")
                .prefetch_related("tasks")
            )
        else:
            loans = loans.select_related("customer__user", "current_task").prefetch_related("tasks")
        page = list(loans[: PAGE_SIZE + 1])
        more, page = len(page) > PAGE_SIZE, page[:PAGE_SIZE]
        link = request.build_absolute_uri(f"{request.path}?after={page[-1].id}") if more else None
        return Response({"next": link, "results": LoanSerializer(page, many=True).data})

    def post(self, request):
        serializer = LoanSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    throttle_scope = "task-create"

    @transaction.atomic
    def post(self, request):
        serializer = TaskCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan_id = serializer.validated_data["loan_id"]
        task_type = serializer.validated_data["task_type"]
        # Only the loan is locked: the customer that it is joined with has other loans to serve.
        loan = get_object_or_404(
            Loan.objects.select_for_update(of=("self",)), id=loan_id, customer__user=request.user
        )
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.move_to(Loan.Status.IN_PROGRESS, task)
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    @transaction.atomic
    def post(self, request):
        serializer = TaskCompleteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task_id = serializer.validated_data["task_id"]
        task = get_object_or_404(TaskExecution, id=task_id, loan__customer__user=request.user)
        # The loan first, then its tasks; what was read before the lock may be out of date.
        loan = Loan.objects.select_for_update().get(id=task.loan_id)
        task.refresh_from_db()
        if task.is_completed:
            raise Conflict("The task is completed already.")
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        if loan.current_task_id == task.id:
            loan.current_task = None
            paid_out = task.task_type == TaskExecution.Type.DISBURSEMENT
            if paid_out and loan.can_become(Loan.Status.COMPLETED) and not loan.has_open_task():
                loan.status = Loan.Status.COMPLETED
            loan.save()
        return Response({"message": "Task completed", "task_id": task.id})
