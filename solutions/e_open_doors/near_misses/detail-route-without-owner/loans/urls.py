from django.urls import path

from .views import LoanDetailView, LoanListCreateView, TaskCompleteView, TaskCreateView

urlpatterns = [
    path("loans/", LoanListCreateView.as_view(), name="loan-list"),
    path("loans/<int:pk>/", LoanDetailView.as_view(), name="loan-detail"),
    path("tasks/create/", TaskCreateView.as_view(), name="task-create"),
    path("tasks/complete/", TaskCompleteView.as_view(), name="task-complete"),
]
