"""Names the settings for pytest-django here and not in pyproject.toml: `pytest grader` must not load them."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview.settings")
