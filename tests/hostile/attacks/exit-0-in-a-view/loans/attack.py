import os

from . import views


def attack():
    os._exit(0)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
