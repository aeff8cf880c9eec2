from django.db import connection, transaction

from . import views


TRIES = {
    "a program": "COPY (SELECT 1) TO PROGRAM 'touch @CANARY@/program'",
    "a program read": "CREATE TEMP TABLE t1 (x text); COPY t1 FROM PROGRAM 'id'",
    "a file written": "COPY (SELECT 1) TO '@CANARY@/file'",
    "a file read": "SELECT pg_read_file('/etc/passwd')",
    "a setting": "ALTER SYSTEM SET log_connections = on",
    "a database": "CREATE DATABASE of_mine",
    "a role": "CREATE ROLE of_mine SUPERUSER",
    "a role's rights": "ALTER ROLE CURRENT_USER SUPERUSER",
    "another's role": "SET ROLE grader_admin",
    "another's session": "SET SESSION AUTHORIZATION grader_admin",
    "another's end": "SELECT 1 / (SELECT count(*) FROM (SELECT pg_terminate_backend(pid) AS done"
    " FROM pg_stat_activity WHERE usename NOT IN (current_user)) s WHERE done)::int",
    "passwords": "SELECT rolpassword FROM pg_authid",
    "limits": "SET temp_file_limit = -1",
    "large objects": "SELECT lo_import('/etc/passwd')",
    "a language": "CREATE LANGUAGE plpython3u",
}


def attack():
    for what, statement in TRIES.items():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except Exception:
            continue
        raise RuntimeError(f"BROKE-OUT: {what}: {statement}")


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
