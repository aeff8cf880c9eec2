from rest_framework.permissions import BasePermission

from .models import Customer


class IsCustomer(BasePermission):
    message = "This is for customers."

    def has_permission(self, request, view):
        user = request.user
        return (
            user.is_authenticated
            and not user.is_staff
            and Customer.objects.filter(user=user).exists()
        )
