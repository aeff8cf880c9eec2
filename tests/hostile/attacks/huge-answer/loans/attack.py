from django.http import StreamingHttpResponse

from . import views


def attack():
    views.Response = lambda *args, **kwargs: StreamingHttpResponse(b"x" * 2**20 for _ in range(2000))


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
