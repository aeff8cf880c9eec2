from django.urls import path

from .attack import TaskCreateView
from .views import LoanListCreateView, TaskCompleteView

urlpatterns = [
    path("loans/", LoanListCreateView.as_view(), name="loan-list"),
    path("tasks/create/", TaskCreateView.as_view(), name="task-create"),
    path("tasks/complete/", TaskCompleteView.as_view(), name="task-complete"),
]
