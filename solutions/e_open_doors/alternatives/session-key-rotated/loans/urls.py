from django.urls import path

from . import views

urlpatterns = [
    path("loans/", views.loans, name="loan-list"),
    path("tasks/create/", views.create_task, name="task-create"),
    path("tasks/complete/", views.complete_task, name="task-complete"),
]
