"""Where the wire's links go, and the connections there that are kept for the next link."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.wire.ends import ServerEnd


class Upstream:
    """Where a wire's links go: a tenant's database as the tenant's role."""

    def __init__(self, host: str, port: int, user: str, password: str, database: str) -> None:
        self.host, self.port = host, port
        self.user, self.password, self.database = user, password, database

    async def connect(self, end: ServerEnd) -> None:
        loop = asyncio.get_running_loop()
        if self.host.startswith("/"):
            path = f"{self.host}/.s.PGSQL.{self.port}"
            await loop.create_unix_connection(lambda: end, path)
        else:
            await loop.create_connection(lambda: end, self.host, self.port)


class Pool:
    """Upstream connections whose worker has gone, cleaned and kept for the next with the same wishes.

    A new backend takes PostgreSQL 2 ms and its first statements twice as long, and Django by default
    opens one a request. `DISCARD ALL` leaves nothing of the session before: no lock, setting or
    temporary table.
    """

    MOST = 4  # kept for each start-up packet

    def __init__(self) -> None:
        self._idle: dict[bytes, list[ServerEnd]] = {}
        self.cleaning: set[asyncio.Future[None]] = set()

    async def settled(self) -> None:
        """Wait until the sessions that were left hold nothing any more, as after a real disconnect."""
        if self.cleaning:
            await asyncio.wait(set(self.cleaning), timeout=2)

    def take(self, startup: bytes) -> ServerEnd | None:
        idle = self._idle.get(startup, [])
        while idle:
            end = idle.pop()
            if not end.transport.is_closing():
                return end
        return None

    def put(self, end: ServerEnd) -> bool:
        idle = self._idle.setdefault(end.startup, [])
        if len(idle) < self.MOST:
            idle.append(end)
            return True
        return False

    def close(self) -> None:
        for end in [end for idle in self._idle.values() for end in idle]:
            end.transport.close()
