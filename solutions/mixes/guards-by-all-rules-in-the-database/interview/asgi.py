"""ASGI config for the interview project."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview.settings")

application = get_asgi_application()
