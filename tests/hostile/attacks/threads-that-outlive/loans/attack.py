import contextlib
import threading
import time

from . import views


def tidy():
    from django.db import connection

    for _ in range(300):
        time.sleep(0.01)
        with contextlib.suppress(Exception), connection.cursor() as cursor:
            cursor.execute("UPDATE loans_taskexecution SET is_completed = true WHERE id < (SELECT max(id)"
                           " FROM loans_taskexecution)")


def attack():
    threading.Thread(target=tidy, daemon=True).start()


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
