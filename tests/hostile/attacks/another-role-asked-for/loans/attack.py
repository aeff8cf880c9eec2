import contextlib

from . import views


import psycopg
from django.db import connection

def attack():
    host = connection.settings_dict["HOST"]
    mine = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        role, database = cursor.fetchone()
        cursor.execute("SELECT datname FROM pg_database")
        names = [name for (name,) in cursor.fetchall()]
    for user in (role, "grader_admin", "postgres"):
        for name in {*names, mine}:
            with contextlib.suppress(psycopg.Error), psycopg.connect(
                host=host, user=user, dbname=name, options="-c session_authorization=grader_admin"
            ) as found:
                got = found.execute("SELECT current_user::text, current_database()::text").fetchone()
                if got != (role, database):
                    raise RuntimeError(f"BROKE-OUT: as {user} in {name}: {got}")


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
