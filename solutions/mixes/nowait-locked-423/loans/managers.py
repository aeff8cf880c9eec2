from django.db import OperationalError, models
from psycopg.errors import LockNotAvailable

from .exceptions import Busy


class OwnedQuerySet(models.QuerySet):
    def owned_by(self, user):
        return self.filter(**{self.model.OWNER: user})


class LoanManager(models.Manager.from_queryset(OwnedQuerySet)):
    def lock(self, **lookup):
        """The loan's row, locked at once or not at all."""
        try:
            return self.select_for_update(nowait=True).get(**lookup)
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise Busy() from error
            raise
