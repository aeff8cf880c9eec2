from rest_framework import status
from rest_framework.generics import ListCreateAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from . import services
from .serializers import LoanSerializer, OwnLoanTaskSerializer, OwnTaskSerializer
from .throttling import TaskCreationThrottle


class LoanCursor(CursorPagination):
    page_size = 100
    ordering = "-created_at"


class LoanListCreateView(ListCreateAPIView):
    serializer_class = LoanSerializer
    pagination_class = LoanCursor

    def get_queryset(self):
        loans = services.own(self.request.user)
        return loans.select_related("customer__user", "current_task").prefetch_related("tasks")


class TaskCreateView(APIView):
    throttle_classes = [TaskCreationThrottle]

    def post(self, request):
        serializer = OwnLoanTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = services.create_task(request.user, **serializer.validated_data)
        return Response(
            {"message": "Task created", "task_id": task.pk}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    def post(self, request):
        serializer = OwnTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = services.complete_task(request.user, **serializer.validated_data)
        return Response({"message": "Task completed", "task_id": task.pk})
