from django.urls import path

from .views import LoanViewSet, TaskCompleteViewSet, TaskCreateViewSet

urlpatterns = [
    path("loans/", LoanViewSet.as_view({"get": "list", "post": "create"}), name="loan-list"),
    path("tasks/create/", TaskCreateViewSet.as_view({"post": "create"}), name="task-create"),
    path("tasks/complete/", TaskCompleteViewSet.as_view({"post": "create"}), name="task-complete"),
]
