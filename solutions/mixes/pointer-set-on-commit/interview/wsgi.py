"""WSGI config for the interview project."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview.settings")

application = get_wsgi_application()
