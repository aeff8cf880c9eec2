from django.urls import path

from .views import LoanViewSet, TaskViewSet

urlpatterns = [
    path("loans/", LoanViewSet.as_view({"get": "list", "post": "create"}), name="loan-list"),
    path("tasks/create/", TaskViewSet.as_view({"post": "create"}), name="task-create"),
    path("tasks/complete/", TaskViewSet.as_view({"post": "complete"}), name="task-complete"),
]
