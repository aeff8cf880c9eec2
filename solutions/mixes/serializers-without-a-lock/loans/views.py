from rest_framework import generics, status
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response

from .models import Loan
from .serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer


class StandardPagination(PageNumberPagination):
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


class LoanListCreateView(generics.ListCreateAPIView):
    serializer_class = LoanSerializer
    pagination_class = StandardPagination

    def get_queryset(self):
        return (
            Loan.objects.filter(customer__user=self.request.user)
            .select_related("customer__user", "current_task")
            .prefetch_related("tasks")
        )


class TaskCreateView(generics.GenericAPIView):
    serializer_class = TaskCreateSerializer
    throttle_scope = "task_create"

    def post(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = serializer.save()
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(generics.GenericAPIView):
    serializer_class = TaskCompleteSerializer

    def post(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = serializer.save()
        return Response({"message": "Task completed", "task_id": task.id})
