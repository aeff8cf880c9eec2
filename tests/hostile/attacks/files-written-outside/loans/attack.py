import contextlib
import os

from . import views


def attack():
    with contextlib.suppress(OSError):
        os.symlink("@CANARY@", "here")
    for place in ("@CANARY@/by-name", "here/by-link", "/proc/1/root@CANARY@/by-root",
                  f"/proc/{os.getppid()}/root@CANARY@/by-parent", "@HOME@/by-name"):
        with contextlib.suppress(OSError), open(place, "w") as file:
            file.write("written")


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
