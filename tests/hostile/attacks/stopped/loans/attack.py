import os
import signal

from . import views


def attack():
    os.kill(os.getpid(), signal.SIGSTOP)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
