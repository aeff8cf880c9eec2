import ctypes

from . import views


def attack():
    ctypes.string_at(0)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
