from django.urls import path

from . import views

urlpatterns = [
    path("loans/", views.loans, name="loan-list"),
    path("tasks/create/", views.task_create, name="task-create"),
    path("tasks/complete/", views.task_complete, name="task-complete"),
]
