from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from rest_framework import mixins, status
from rest_framework.exceptions import APIException
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, OwnLoanTaskSerializer, OwnTaskSerializer


class RuleBroken(APIException):
    status_code = 422
    default_detail = "The loan's state does not allow this."
    default_code = "rule_broken"


class TaskRate(SimpleRateThrottle):
    scope = "task"
    rate = "60/minute"

    def get_cache_key(self, request, view):
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}


class Pages(PageNumberPagination):
    page_size = 100
    max_page_size = 1000
    page_size_query_param = "per_page"


class LoanListCreateView(mixins.ListModelMixin, mixins.CreateModelMixin, GenericAPIView):
    serializer_class = LoanSerializer
    pagination_class = Pages

    def get_queryset(self):
        own = Loan.objects.filter(customer__user=self.request.user)
        return own.select_related("customer__user").prefetch_related("current_task", "tasks")

    def get(self, request):
        return self.list(request)

    def post(self, request):
        return self.create(request)


class TaskCreateView(GenericAPIView):
    serializer_class = OwnLoanTaskSerializer
    throttle_classes = [TaskRate]

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            task = self.start(**serializer.validated_data)
        except IntegrityError as error:
            raise RuleBroken() from error
        body = {"message": "Task created", "task_id": task.id}
        return Response(body, status=status.HTTP_201_CREATED)

    @transaction.atomic
    def start(self, loan_id, task_type):
        own = Loan.objects.filter(pk=loan_id, customer__user=self.request.user)
        if not own.exists():
            raise Http404
        task = TaskExecution.objects.create(loan_id=loan_id, task_type=task_type)
        workable = Loan.objects.filter(
            pk=loan_id, status__in=[Loan.Status.NEW, Loan.Status.IN_PROGRESS]
        )
        if not workable.update(current_task=task, status=Loan.Status.IN_PROGRESS):
            raise RuleBroken("The loan is closed.")
        return task


class TaskCompleteView(GenericAPIView):
    serializer_class = OwnTaskSerializer

    @transaction.atomic
    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = (
            TaskExecution.objects.filter(
                pk=serializer.validated_data["task_id"], loan__customer__user=request.user
            )
            .select_for_update(of=("self",))
            .first()
        )
        if task is None:
            raise Http404
        if not task.is_completed:
            task.is_completed = True
            task.completed_at = timezone.now()
            task.save()
            changes = {"current_task": None}
            if task.task_type == TaskExecution.Type.DISBURSEMENT:
                changes["status"] = Loan.Status.COMPLETED
            Loan.objects.filter(pk=task.loan_id, current_task=task).update(**changes)
        return Response({"message": "Task completed", "task_id": task.id})
