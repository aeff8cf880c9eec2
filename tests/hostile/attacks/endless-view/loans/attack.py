import itertools

from . import views


def attack():
    for _ in itertools.repeat(0):
        pass


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
