from django.db import connection

from . import views


def attack():
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM loans_loan")


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
