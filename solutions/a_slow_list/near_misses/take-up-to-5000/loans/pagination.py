from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination


class LoanPagination(PageNumberPagination):
    page_size = 50

    def get_page_size(self, request):
        take = request.query_params.get("take")
        if take is None:
            return self.page_size
        if not take.isdigit() or not 1 <= int(take) <= 5000:
            raise ValidationError({"take": "Must be between 1 and 5000."})
        return int(take)
