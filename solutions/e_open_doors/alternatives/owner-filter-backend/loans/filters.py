from rest_framework import filters


class OwnRowsFilterBackend(filters.BaseFilterBackend):
    def filter_queryset(self, request, queryset, view):
        return queryset.filter(**{view.owner_path: request.user})
