from django.db import connection, transaction


class CallerMixin:
    """The whole call is one transaction in which the database knows the caller."""

    def dispatch(self, request, *args, **kwargs):
        with transaction.atomic():
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.caller', %s, true)", [str(request.user.pk)])
