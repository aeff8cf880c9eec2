import contextlib
import os
import signal

from . import views


def attack():
    if os.getppid() > 1:
        with contextlib.suppress(OSError):
            os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
