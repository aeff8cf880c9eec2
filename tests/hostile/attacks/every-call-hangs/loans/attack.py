import time

from . import views


def attack():
    time.sleep(3600)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
