import random
import time
from functools import wraps

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected, SerializationFailure
from rest_framework.exceptions import APIException

RETRYABLE = (SerializationFailure, DeadlockDetected)
ATTEMPTS = 6


class TryAgain(APIException):
    status_code = 409
    default_detail = "Too many changes at once; try again."
    default_code = "try_again"


def serializable(function):
    """One SERIALIZABLE transaction, repeated where it met another one."""

    @wraps(function)
    def wrapper(*args, **kwargs):
        for attempt in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if not isinstance(error.__cause__, RETRYABLE):
                    raise
            time.sleep(random.uniform(0, 0.005 * 2**attempt))
        raise TryAgain()

    return wrapper
