from rest_framework.pagination import PageNumberPagination


class LoanPagination(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request):
        if request.user.is_staff and request.query_params.get(self.page_size_query_param, "").isdigit():
            return int(request.query_params[self.page_size_query_param]) or self.page_size
        return super().get_page_size(request)
