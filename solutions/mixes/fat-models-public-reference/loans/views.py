from rest_framework import status
from rest_framework.generics import GenericAPIView, ListCreateAPIView
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from .models import Loan
from .serializers import CompleteSerializer, LoanSerializer, StartSerializer


class BurstThrottle(UserRateThrottle):
    rate = "15/min"


class LoanListCreateView(ListCreateAPIView):
    serializer_class = LoanSerializer

    def get_queryset(self):
        mine = Loan.objects.filter(customer__user=self.request.user)
        return mine.select_related("customer__user", "current_task").prefetch_related("tasks")


class TaskCreateView(GenericAPIView):
    serializer_class = StartSerializer
    throttle_classes = [BurstThrottle]

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = serializer.save()
        return Response(
            {"message": "Task created", "task_id": task.pk}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(GenericAPIView):
    serializer_class = CompleteSerializer

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        task = serializer.save()
        return Response({"message": "Task completed", "task_id": task.pk})
