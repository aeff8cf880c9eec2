import ctypes

from . import views


NEW_USER, NEW_MOUNTS, PTRACE_TRACEME = 0x10000000, 0x00020000, 0

def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_USER | NEW_MOUNTS) == 0:
        raise RuntimeError("BROKE-OUT: a user namespace of its own")
    if libc.ptrace(PTRACE_TRACEME, 0, 0, 0) == 0:
        raise RuntimeError("BROKE-OUT: it may trace processes")


class TaskCreateView(views.TaskCreateView):
    def post(self, request):
        attack()
        return super().post(request)
