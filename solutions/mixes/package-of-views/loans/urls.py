from django.urls import path

from . import api

urlpatterns = [
    path("loans/", api.LoansEndpoint.as_view(), name="loan-list"),
    path("tasks/create/", api.CreateTaskEndpoint.as_view(), name="task-create"),
    path("tasks/complete/", api.CompleteTaskEndpoint.as_view(), name="task-complete"),
]
