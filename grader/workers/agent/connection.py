"""A connection for the agent's own work, beside those of the calls."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


class OwnConnection:
    """Stands in for the default connection while the agent works."""

    def __init__(self) -> None:
        self.connection: Any = None

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """Do the agent's own work over a connection that is kept, beside those of the calls.

        A call is to find its connections as the call before it left them; and opening one takes longer
        than most of what is done here.
        """
        from django.db import connections

        theirs = connections["default"]
        if self.connection is None:
            self.connection = connections.create_connection("default")
            self.connection.settings_dict = self._without_pool(self.connection.settings_dict)
        connections["default"] = self.connection
        try:
            yield
        finally:
            connections["default"] = theirs

    @staticmethod
    def _without_pool(settings: dict[str, Any]) -> dict[str, Any]:
        options = {k: v for k, v in settings["OPTIONS"].items() if k == "options"}
        return {**settings, "OPTIONS": options, "ATOMIC_REQUESTS": False}


def close_connections() -> None:
    """Close those of this thread's calls."""
    from django.db import connections

    connections.close_all()
