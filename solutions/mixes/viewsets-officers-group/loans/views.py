from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from .models import Loan, TaskExecution
from .permissions import IsCustomerOrOfficer
from .serializers import FinishTaskSerializer, LoanSerializer, StartTaskSerializer


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "The loan does not allow this now."
    default_code = "conflict"


class LoanPages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class StartTaskThrottle(UserRateThrottle):
    scope = "start-task"
    rate = "30/min"


class LoanViewSet(mixins.ListModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = LoanSerializer
    permission_classes = [IsCustomerOrOfficer]
    pagination_class = LoanPages

    def get_queryset(self):
        return Loan.objects.visible_to(self.request.user).for_list()


class TaskViewSet(viewsets.GenericViewSet):
    permission_classes = [IsCustomerOrOfficer]

    def get_throttles(self):
        return [StartTaskThrottle()] if self.action == "start" else []

    def locked_loan(self, **lookup):
        loans = Loan.objects.visible_to(self.request.user).select_for_update(of=("self",))
        return get_object_or_404(loans, **lookup)

    @action(detail=False, methods=["post"], url_path="create", url_name="create")
    @transaction.atomic
    def start(self, request):
        serializer = StartTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan = self.locked_loan(pk=serializer.validated_data["loan_id"])
        if loan.is_closed:
            raise Conflict("The loan is closed.")
        if loan.tasks.filter(is_completed=False).exists():
            raise Conflict("The loan already has an active task.")
        task = loan.tasks.create(task_type=serializer.validated_data["task_type"])
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save(update_fields=["current_task", "status"])
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )

    @action(detail=False, methods=["post"], url_path="complete", url_name="complete")
    @transaction.atomic
    def finish(self, request):
        serializer = FinishTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        visible = TaskExecution.objects.filter(
            loan__in=Loan.objects.visible_to(request.user).order_by()
        )
        task = get_object_or_404(visible, pk=serializer.validated_data["task_id"])
        loan = self.locked_loan(pk=task.loan_id)
        task.refresh_from_db()
        if task.is_completed:
            return Response({"message": "Task completed", "task_id": task.id})
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save(update_fields=["is_completed", "completed_at"])
        if loan.current_task_id == task.id:
            loan.current_task = None
            if task.task_type == TaskExecution.Type.DISBURSEMENT and not loan.is_closed:
                loan.status = Loan.Status.COMPLETED
            loan.save(update_fields=["current_task", "status"])
        return Response({"message": "Task completed", "task_id": task.id})
