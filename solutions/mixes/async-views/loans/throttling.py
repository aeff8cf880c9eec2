import time

from django.core.cache import cache

LIMIT, PERIOD = 45, 60


async def allowed(user):
    """Whether the user has made fewer than LIMIT calls within the last PERIOD seconds."""
    now = time.time()
    calls = await cache.aget(f"task-calls:{user.pk}", [])
    calls = [moment for moment in calls if now - moment < PERIOD]
    if len(calls) >= LIMIT:
        return False
    await cache.aset(f"task-calls:{user.pk}", [*calls, now], PERIOD)
    return True
