import sys

from . import views


def attack():
    frame = sys._getframe()
    while frame is not None:
        for name, value in list(frame.f_locals.items()):
            if isinstance(value, dict) and "status" in value:
                value["status"] = 400
            if name in ("expected", "outcome", "observed", "points", "secret"):
                raise RuntimeError(f"BROKE-OUT: {name} is {value!r}")
        frame = frame.f_back


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
