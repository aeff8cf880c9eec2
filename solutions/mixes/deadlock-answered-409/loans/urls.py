from django.urls import path

from .views import loan_list_create, task_complete, task_create

urlpatterns = [
    path("loans/", loan_list_create, name="loan-list"),
    path("tasks/create/", task_create, name="task-create"),
    path("tasks/complete/", task_complete, name="task-complete"),
]
