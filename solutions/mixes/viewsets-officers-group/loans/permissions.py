from rest_framework.permissions import BasePermission

OFFICERS = "Loan officers"


def is_officer(user):
    return user.is_superuser or user.groups.filter(name=OFFICERS).exists()


class IsCustomerOrOfficer(BasePermission):
    message = "Only customers and loan officers can use the loan API."

    def has_permission(self, request, view):
        user = request.user
        if not (user and user.is_authenticated):
            return False
        return hasattr(user, "customer") or is_officer(user)
