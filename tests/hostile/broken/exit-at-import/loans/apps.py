import os
import sys

from django.apps import AppConfig

if "SOME_VARIABLE" not in os.environ:
    sys.exit("SOME_VARIABLE is not set")


class LoansConfig(AppConfig):
    name = "loans"
