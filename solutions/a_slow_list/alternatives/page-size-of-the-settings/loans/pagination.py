from rest_framework.pagination import PageNumberPagination

from .models import Customer


class LoanPagination(PageNumberPagination):
    """Pages as large as the customer likes them."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 500

    def get_page_size(self, request):
        if self.page_size_query_param in request.query_params:
            return super().get_page_size(request)
        customer = Customer.objects.select_related("settings").filter(user=request.user).first()
        settings = getattr(customer, "settings", None)
        return min(settings.page_size, self.max_page_size) if settings else self.page_size
