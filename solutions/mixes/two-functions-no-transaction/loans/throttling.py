import time

from django.core.cache import cache

LIMIT = 30
PERIOD = 60


def allow_task_creation(user):
    """A sliding window of the user's latest calls."""
    key = f"task-create:{user.pk}"
    now = time.time()
    calls = [moment for moment in cache.get(key, []) if moment > now - PERIOD]
    if len(calls) >= LIMIT:
        return False
    cache.set(key, [*calls, now], PERIOD)
    return True
