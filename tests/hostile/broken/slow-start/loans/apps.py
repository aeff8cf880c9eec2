import time

from django.apps import AppConfig

time.sleep(60)


class LoansConfig(AppConfig):
    name = "loans"
