from django.core.cache import cache


def too_many(user, limit=60, seconds=60):
    key = f"task-create:{user.pk}"
    cache.add(key, 0, timeout=seconds)
    return cache.incr(key) > limit
