from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from loans.models import Loan, TaskExecution
from loans.serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer


class LoanPagination(PageNumberPagination):
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 500


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "The loan's state does not allow this."


class LoanListCreateView(APIView):
    def get(self, request):
        loans = Loan.objects.filter(customer__user=request.user)
        loans = loans.select_related("customer__user", "current_task").prefetch_related("tasks")
        paginator = LoanPagination()
        page = paginator.paginate_queryset(loans.order_by("-id"), request, view=self)
        return paginator.get_paginated_response(LoanSerializer(page, many=True).data)

    def post(self, request):
        serializer = LoanSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    throttle_scope = "task-create"

    def post(self, request):
        serializer = TaskCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            task = self.start_task(request.user, **serializer.validated_data)
        except IntegrityError as error:
            raise Conflict("The loan already has an active task.") from error
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )

    @transaction.atomic
    def start_task(self, user, loan_id, task_type):
        loan = get_object_or_404(
            Loan.objects.select_for_update(of=["self"]), id=loan_id, customer__user=user
        )
        if not loan.can_become(Loan.Status.IN_PROGRESS):
            raise Conflict(f"The loan is {loan.get_status_display().lower()}.")
        if loan.tasks.filter(is_completed=False).exists():
            raise Conflict("The loan already has an active task.")
        task = TaskExecution.objects.create(loan=loan, task_type=task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save(update_fields=["current_task", "status"])
        return task


class TaskCompleteView(APIView):
    def post(self, request):
        serializer = TaskCompleteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = self.complete_task(request.user, **serializer.validated_data)
        return Response({"message": "Task completed", "task_id": task.id})

    @transaction.atomic
    def complete_task(self, user, task_id):
        # The loan is locked before its task is read, as on creating: one order, no deadlock.
        loan = get_object_or_404(
            Loan.objects.select_for_update(of=["self"]), tasks=task_id, customer__user=user
        )
        task = loan.tasks.get(id=task_id)
        if task.is_completed:
            return task
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save(update_fields=["is_completed", "completed_at"])
        if loan.current_task_id == task.id:
            self.leave_task(loan, task)
        return task

    def leave_task(self, loan, task):
        loan.current_task = loan.tasks.filter(is_completed=False).first()
        is_last = task.task_type == TaskExecution.Type.DISBURSEMENT and loan.current_task is None
        if is_last and loan.can_become(Loan.Status.COMPLETED):
            loan.status = Loan.Status.COMPLETED
        loan.save(update_fields=["current_task", "status"])
