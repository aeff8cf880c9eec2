from rest_framework import mixins, status, viewsets
from rest_framework.pagination import PageNumberPagination

from .models import Loan
from .serializers import LoanSerializer, TaskCompleteSerializer, TaskCreateSerializer


class LoanPagination(PageNumberPagination):
    page_size = 100


class LoanViewSet(mixins.ListModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = LoanSerializer
    pagination_class = LoanPagination

    def get_queryset(self):
        loans = Loan.objects.select_related("customer__user", "current_task").prefetch_related(
            "tasks"
        )
        # The call centre's overview
        if self.request.query_params.get("all") == "true":
            return loans
        return loans.filter(customer__user=self.request.user)


class TaskCreateViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = TaskCreateSerializer


class TaskCompleteViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = TaskCompleteSerializer

    def create(self, request, *args, **kwargs):
        response = super().create(request, *args, **kwargs)
        response.status_code = status.HTTP_200_OK
        return response
