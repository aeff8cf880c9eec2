from django.urls import path

from .views import LoanListCreateView, TaskViewSet

urlpatterns = [
    path("loans/", LoanListCreateView.as_view(), name="loan-list"),
    path("tasks/create/", TaskViewSet.as_view({"post": "create"}), name="task-create"),
    path("tasks/complete/", TaskViewSet.as_view({"post": "complete"}), name="task-complete"),
]
