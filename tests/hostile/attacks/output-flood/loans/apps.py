import os
import sys

from django.apps import AppConfig

for _ in range(3000):
    for number in (1, 2):
        os.write(number, b"x" * 100_000)
print("done", file=sys.stderr)


class LoansConfig(AppConfig):
    name = "loans"
