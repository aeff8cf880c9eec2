import contextlib
import socket
import urllib.request

from . import views


def attack():
    for host in ("127.0.0.1", "localhost", "0.0.0.0", "::ffff:127.0.0.1", socket.gethostname()):
        with contextlib.suppress(OSError):
            socket.create_connection((host, int("@PORT@")), timeout=0.3).close()
    with contextlib.suppress(OSError):
        urllib.request.urlopen("http://127.0.0.1:@PORT@/", timeout=0.3)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
