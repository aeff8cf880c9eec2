from rest_framework import status
from rest_framework.generics import GenericAPIView, ListCreateAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.response import Response

from . import services
from .serializers import CompleteTaskInput, LoanSerializer, StartTaskInput


class LoanPagination(LimitOffsetPagination):
    default_limit = 100
    max_limit = 500


class LoanListCreateView(ListCreateAPIView):
    serializer_class = LoanSerializer
    pagination_class = LoanPagination

    def get_queryset(self):
        loans = services.loans_of(self.request.user)
        return loans.select_related("customer__user", "current_task").prefetch_related("tasks")


class ServiceView(GenericAPIView):
    message = ""
    success_status = status.HTTP_200_OK

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = self.perform(request.user, **serializer.validated_data)
        return Response({"message": self.message, "task_id": task.pk}, status=self.success_status)


class TaskCreateView(ServiceView):
    serializer_class = StartTaskInput
    message = "Task created"
    success_status = status.HTTP_201_CREATED
    throttle_scope = "task_create"

    def perform(self, user, loan_id, task_type):
        return services.start_task(user, loan_id, task_type)


class TaskCompleteView(ServiceView):
    serializer_class = CompleteTaskInput
    message = "Task completed"

    def perform(self, user, task_id):
        return services.complete_task(user, task_id)
