from django.urls import include, path
from rest_framework.routers import SimpleRouter

from .views import LoanViewSet, TaskViewSet

router = SimpleRouter()
router.register("loans", LoanViewSet, basename="loan")
router.register("tasks", TaskViewSet, basename="task")

urlpatterns = [path("", include(router.urls))]
