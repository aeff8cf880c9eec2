from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination


class PageSize(serializers.Serializer):
    page_size = serializers.IntegerField(min_value=1, max_value=500, required=False)


class StrictPagination(PageNumberPagination):
    """A page size that is out of range is the caller's error, and not quietly another one."""

    page_size = 50

    def get_page_size(self, request):
        asked = PageSize(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.validated_data.get("page_size", self.page_size)
