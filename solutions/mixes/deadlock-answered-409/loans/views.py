from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.decorators import api_view, throttle_classes
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, OwnLoanTaskSerializer, OwnTaskSerializer


class TaskCreateThrottle(UserRateThrottle):
    rate = "30/min"
    scope = "task-create"


@api_view(["GET", "POST"])
def loan_list_create(request):
    if request.method == "GET":
        loans = (
            Loan.objects.filter(customer__user=request.user)
            .select_related("customer__user", "current_task")
            .prefetch_related("tasks")
        )
        paginator = PageNumberPagination()
        paginator.page_size = 50
        page = paginator.paginate_queryset(loans, request)
        return paginator.get_paginated_response(LoanSerializer(page, many=True).data)

    serializer = LoanSerializer(data=request.data, context={"request": request})
    serializer.is_valid(raise_exception=True)
    serializer.save()
    return Response(serializer.data, status=status.HTTP_201_CREATED)


@api_view(["POST"])
@throttle_classes([TaskCreateThrottle])
@transaction.atomic
def task_create(request):
    serializer = OwnLoanTaskSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    loan = get_object_or_404(
        Loan.objects.select_for_update(of=("self",)),
        id=serializer.validated_data["loan_id"],
        customer__user=request.user,
    )
    if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
        return Response({"error": "Loan is closed"}, status=status.HTTP_409_CONFLICT)
    # Lock the tasks as well, so that nobody completes one in the meantime
    tasks = list(TaskExecution.objects.select_for_update().filter(loan=loan))
    if any(not task.is_completed for task in tasks):
        return Response(
            {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
        )
    task = TaskExecution.objects.create(
        loan=loan, task_type=serializer.validated_data["task_type"]
    )
    loan.current_task = task
    loan.status = Loan.Status.IN_PROGRESS
    loan.save()
    return Response(
        {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
    )


@api_view(["POST"])
@transaction.atomic
def task_complete(request):
    serializer = OwnTaskSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    task = get_object_or_404(
        TaskExecution.objects.select_for_update(of=("self",)),
        id=serializer.validated_data["task_id"],
        loan__customer__user=request.user,
    )
    if task.is_completed:
        return Response({"error": "Task already completed"}, status=status.HTTP_409_CONFLICT)
    loan = Loan.objects.select_for_update().get(id=task.loan_id)
    task.is_completed = True
    task.completed_at = timezone.now()
    task.save()
    if loan.current_task_id == task.id:
        loan.current_task = None
        if (
            task.task_type == TaskExecution.Type.DISBURSEMENT
            and loan.status == Loan.Status.IN_PROGRESS
        ):
            loan.status = Loan.Status.COMPLETED
        loan.save()
    return Response({"message": "Task completed", "task_id": task.id})
