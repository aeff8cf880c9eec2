"""Names the settings for pytest-django: in pyproject.toml `pytest grader` would load them too."""

import os


def pytest_configure() -> None:
    """Load the settings; pytest-django, whose turn is last, then sets Django up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview.settings")
    from django.conf import settings

    settings.INSTALLED_APPS  # noqa: B018
