from rest_framework.permissions import BasePermission

NEEDED = {"GET": "loans.view_loan", "POST": "loans.add_loan"}


class MayWorkOnLoans(BasePermission):
    def has_permission(self, request, view):
        return request.user.is_authenticated and request.user.has_perm(
            NEEDED.get(request.method, "loans.view_loan")
        )
