from rest_framework import generics, status

from .models import Loan
from .serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer


class LoanListCreateView(generics.ListCreateAPIView):
    serializer_class = LoanSerializer

    def get_queryset(self):
        return (
            Loan.objects.filter(customer__user=self.request.user)
            .select_related("customer", "customer__user", "current_task")
            .prefetch_related("tasks")
        )


class TaskCreateView(generics.CreateAPIView):
    serializer_class = TaskCreateSerializer


class TaskCompleteView(generics.CreateAPIView):
    serializer_class = TaskCompleteSerializer

    def create(self, request, *args, **kwargs):
        response = super().create(request, *args, **kwargs)
        response.status_code = status.HTTP_200_OK
        return response
