from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.db.models.functions import Coalesce, Now
from rest_framework import status
from rest_framework.decorators import api_view, permission_classes, throttle_classes
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, OwnLoanTaskSerializer, OwnTaskSerializer


class TaskCreateRate(UserRateThrottle):
    scope = "task_create"
    rate = "60/m"


def loans_of(user):
    return Loan.objects.filter(customer__user=user)


@api_view(["GET", "POST"])
@permission_classes([IsAuthenticated])
def loan_list(request):
    if request.method == "POST":
        serializer = LoanSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)
    paginator = PageNumberPagination()
    paginator.page_size = 250
    loans = loans_of(request.user).select_related("customer__user")
    page = paginator.paginate_queryset(
        loans.prefetch_related("tasks", "current_task"), request
    )
    return paginator.get_paginated_response(LoanSerializer(page, many=True).data)


@api_view(["POST"])
@permission_classes([IsAuthenticated])
@throttle_classes([TaskCreateRate])
def task_create(request):
    serializer = OwnLoanTaskSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    loan_id = serializer.validated_data["loan_id"]
    if not loans_of(request.user).filter(pk=loan_id).exists():
        raise NotFound()
    try:
        task = start(loan_id, serializer.validated_data["task_type"])
    except IntegrityError:
        task = None
    if task is None:
        return Response(
            {"error": "The loan is closed or has an active task."}, status=status.HTTP_409_CONFLICT
        )
    return Response({"message": "Task created", "task_id": task.pk}, status=201)


def start(loan_id, task_type):
    """The new task, or None where the loan is closed. Raises IntegrityError where one is open."""
    with transaction.atomic():
        task = TaskExecution.objects.create(loan_id=loan_id, task_type=task_type)
        moved = Loan.objects.filter(pk=loan_id, status__in=["NEW", "IN_PROGRESS"]).update(
            current_task=task, status=Loan.Status.IN_PROGRESS
        )
        if not moved:
            transaction.set_rollback(True)
            return None
    return task


@api_view(["POST"])
@permission_classes([IsAuthenticated])
def task_complete(request):
    serializer = OwnTaskSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    task_id = serializer.validated_data["task_id"]
    mine = TaskExecution.objects.filter(pk=task_id, loan__customer__user=request.user)
    if not mine.exists():
        raise NotFound()
    with transaction.atomic():
        TaskExecution.objects.filter(pk=task_id).update(
            is_completed=True, completed_at=Coalesce("completed_at", Now())
        )
        paid_out = TaskExecution.objects.filter(
            pk=OuterRef("current_task"), task_type=TaskExecution.Type.DISBURSEMENT
        )
        Loan.objects.filter(current_task=task_id).update(
            status=Case(
                When(Exists(paid_out), status="IN_PROGRESS", then=Value("COMPLETED")),
                default=F("status"),
            ),
            current_task=None,
        )
    return Response({"message": "Task completed", "task_id": task_id})
