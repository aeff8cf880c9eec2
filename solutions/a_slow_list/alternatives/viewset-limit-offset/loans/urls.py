from django.urls import path

from .views import LoanViewSet, TaskCompleteView, TaskCreateView

urlpatterns = [
    path("loans/", LoanViewSet.as_view({"get": "list", "post": "create"}), name="loan-list"),
    path("tasks/create/", TaskCreateView.as_view(), name="task-create"),
    path("tasks/complete/", TaskCompleteView.as_view(), name="task-complete"),
]
