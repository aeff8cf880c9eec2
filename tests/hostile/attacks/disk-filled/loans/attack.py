import contextlib
import os
import tempfile

from . import views


def attack():
    written = 0
    for folder in (os.getcwd(), tempfile.gettempdir(), os.path.expanduser("~"), "/dev/shm", "@CANARY@"):
        with contextlib.suppress(OSError):
            for number in range(40):
                with open(f"{folder}/rubbish{number}", "wb") as file:
                    file.write(b"x" * (10 * 2**20))
                written += 10
    if written > 400:
        raise RuntimeError(f"BROKE-OUT: wrote {written} MB")
    raise OSError(28, "No space left", f"after {'less than 400' if written < 400 else written} MB")


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
