from django.db import connection

from . import views


def attack():
    with connection.cursor() as cursor:
        for number in range(300000):
            cursor.execute("SELECT %s", [number])


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
