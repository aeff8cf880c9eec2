from django.urls import path

from .views import complete_task, create_task, loans

urlpatterns = [
    path("loans/", loans, name="loan-list"),
    path("tasks/create/", create_task, name="task-create"),
    path("tasks/complete/", complete_task, name="task-complete"),
]
