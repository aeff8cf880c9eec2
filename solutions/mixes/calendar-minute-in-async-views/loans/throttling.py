import time

from django.core.cache import cache

LIMIT = 60


async def allowed(user):
    """Whether the user has made no more than LIMIT calls in this minute."""
    key = f"task-calls:{user.pk}:{int(time.time() // 60)}"
    await cache.aadd(key, 0, 120)
    return await cache.aincr(key) <= LIMIT
