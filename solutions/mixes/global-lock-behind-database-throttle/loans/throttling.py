import math

from django.db import connection
from rest_framework.throttling import BaseThrottle

COUNT = """
INSERT INTO loans_taskcreationcount AS c (user_id, since, calls)
VALUES (%s, statement_timestamp(), 1)
ON CONFLICT (user_id) DO UPDATE SET
    calls = CASE WHEN c.since < statement_timestamp() - interval '1 minute' THEN 1 ELSE c.calls + 1 END,
    since = CASE
        WHEN c.since < statement_timestamp() - interval '1 minute' THEN statement_timestamp()
        ELSE c.since
    END
RETURNING calls, extract(epoch FROM statement_timestamp() - since)
"""


class TaskCreationThrottle(BaseThrottle):
    """Thirty a minute from the first call on, counted in the database, so that all servers count together."""

    limit = 30
    period = 60
    elapsed = 0

    def allow_request(self, request, view):
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [request.user.pk])
            calls, self.elapsed = cursor.fetchone()
        return calls <= self.limit

    def wait(self):
        return math.ceil(self.period - float(self.elapsed))
