import os
import tempfile

from . import views


def attack():
    for number in range(200000):
        with open(os.path.join(tempfile.gettempdir(), str(number)), "w"):
            pass
    raise RuntimeError("BROKE-OUT: 200000 files")


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
