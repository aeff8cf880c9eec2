import time

from . import views


def attack():
    hoard = [bytearray(10 * 2**20) for _ in range(200)]
    time.sleep(len(hoard) / 1000)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
