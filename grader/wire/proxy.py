"""The proxy: one unix socket for each worker, every statement known by its sender.

Runs in one background thread on asyncio. A *link* (`link.py`) is one connection of a worker, from its
socket to PostgreSQL.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from grader.wire.ends import ClientEnd
from grader.wire.link import Link
from grader.wire.unit import Failure, State, Unit
from grader.wire.upstream import Pool, Upstream

Gate = Callable[[Unit], bool]  # True: go at once


class Wire:
    """All links of all workers. Public methods may be called from any thread."""

    def __init__(self) -> None:
        self.pool = Pool()
        self._upstream: Upstream | None = None
        self.changed = threading.Condition()
        self.units: list[Unit] = []
        self.links: list[Link] = []
        self.gate: Gate = lambda unit: True
        self._loop = asyncio.new_event_loop()
        self._upstream_known = asyncio.Event()
        self._servers: list[asyncio.AbstractServer] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)
        self._thread.start()

    def connect_to(self, upstream: Upstream) -> None:
        """Say where the links go; those that were opened before wait for it."""
        self._upstream = upstream
        self._loop.call_soon_threadsafe(self._upstream_known.set)

    async def upstream(self) -> Upstream:
        await self._upstream_known.wait()
        assert self._upstream is not None
        return self._upstream

    def listen(self, worker: str, path: Path) -> None:
        """Serve `worker` on the unix socket `path`."""

        def new_end() -> ClientEnd:
            return ClientEnd(lambda end: Link(self, worker, end))

        async def serve() -> None:
            server = await self._loop.create_unix_server(
                lambda: ClientEnd(lambda end: Link(self, worker, end)), str(path)
            )
            path.chmod(0o666)
            self._servers.append(server)

        asyncio.run_coroutine_threadsafe(serve(), self._loop).result()

    def close(self) -> None:
        """Drop every link and end the thread."""

        async def stop() -> None:
            for server in self._servers:
                server.close()
            for link in list(self.links):
                link.drop()
            self.pool.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()  # a connection that was still to be opened
            await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def mark(self) -> int:
        """A place in the record; `since` gives what came after it."""
        return len(self.units)

    def since(self, mark: int, worker: str | None = None) -> list[Unit]:
        """The statements since `mark`, of one worker or of all, in order of arrival."""
        return [u for u in self.units[mark:] if worker is None or u.worker == worker]

    def release(self, unit: Unit, failure: Failure | None = None) -> None:
        """Let a held statement go, or have it fail in place of being run."""

        def go() -> None:
            if unit.state is State.HELD:
                unit.failure = failure
                unit.link.start(unit)

        self._loop.call_soon_threadsafe(go)

    def cut(self, unit: Unit) -> None:
        """Cut one connection before its statement reaches PostgreSQL, as a crash would."""
        self._loop.call_soon_threadsafe(unit.link.drop)

    def catch_up(self) -> None:
        """Wait until all that has come to the wire's sockets by now is read and passed on."""

        async def turn() -> None:
            for _ in range(2):  # what the first look at the sockets finds is dealt with after it
                await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(turn(), self._loop).result()

    def settle(self) -> None:
        """Wait until the sessions of connections that were closed by now hold nothing any more."""
        self.catch_up()
        asyncio.run_coroutine_threadsafe(self.pool.settled(), self._loop).result()

    def is_opening(self, worker: str) -> bool:
        """Whether a connection of a worker is not answered yet."""
        return any(link.worker == worker and not link.is_open for link in [*self.links])

    def notify(self) -> None:
        """Wake whoever waits for a change."""
        with self.changed:
            self.changed.notify_all()
