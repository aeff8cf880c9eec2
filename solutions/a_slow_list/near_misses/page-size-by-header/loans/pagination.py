from rest_framework.pagination import PageNumberPagination


class LoanPagination(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request):
        asked = request.headers.get("X-Page-Size", "")
        return int(asked) if asked.isdigit() and int(asked) else super().get_page_size(request)
