from rest_framework.generics import ListCreateAPIView

from ..serializers import LoanSerializer
from .access import loans_for
from .paging import StrictPagination


class LoansEndpoint(ListCreateAPIView):
    serializer_class = LoanSerializer
    pagination_class = StrictPagination

    def get_queryset(self):
        loans = loans_for(self.request.user)
        return loans.select_related("customer__user", "current_task").prefetch_related("tasks")
