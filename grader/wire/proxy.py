"""The proxy itself: one unix socket for each worker, every statement known by its sender.

Runs in one background thread on asyncio. A *link* is one connection of a worker, from its socket to
PostgreSQL. One statement of a link is under way at a time; whether an arriving one may go at once is
asked of the wire's gate, and answered later with `release`.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.wire import protocol
from grader.wire.protocol import Login, Message, MessageReader
from grader.wire.unit import Failure, State, Unit

Gate = Callable[[Unit], bool]  # True: go at once
TELLING = (
    b"KZGWECIs"  # the messages of PostgreSQL that say how a statement goes: all that `from_server` knows
)
HIGH_WATER = 4 * 2**20  # bytes waiting to be written before the other side is no longer read


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

        async def serve() -> None:
            server = await self._loop.create_unix_server(lambda: ClientEnd(self, worker), str(path))
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

    def notify(self) -> None:
        """Wake whoever waits for a change."""
        with self.changed:
            self.changed.notify_all()


class _End(asyncio.Protocol):
    """One end of a link; pauses the other end's reading when its own writing can't keep up."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.other: _End | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.set_write_buffer_limits(high=HIGH_WATER)

    def pause_writing(self) -> None:
        self._other_reading(paused=True)

    def resume_writing(self) -> None:
        self._other_reading(paused=False)

    def _other_reading(self, *, paused: bool) -> None:
        if self.other is not None and not self.other.transport.is_closing():
            (self.other.transport.pause_reading if paused else self.other.transport.resume_reading)()


class ClientEnd(_End):
    """The end that a worker talks to: the start-up packet, then messages."""

    def __init__(self, wire: Wire, worker: str) -> None:
        super().__init__()
        self._wire, self._worker = wire, worker
        self._startup = bytearray()
        self._reader = MessageReader()
        self._link: Link | None = None

    def data_received(self, data: bytes) -> None:
        try:
            if self._link is not None:
                self._link.from_client(self._reader.feed(data))
            else:
                self._startup += data
                self._begin()
        except (protocol.ProtocolError, ValueError, IndexError) as error:
            self.transport.write(protocol.error_response("08P01", f"not understood: {error}"))
            self.connection_lost(error)

    def _begin(self) -> None:
        while (packet := protocol.startup_packet(self._startup)) is not None:
            del self._startup[: len(packet)]
            code = protocol.startup_code(packet)
            if code in (protocol.SSL_REQUEST, protocol.GSS_REQUEST):
                self.transport.write(b"N")
                continue
            self._link = Link(self._wire, self._worker, self)
            self._link.open(packet, is_cancel=code == protocol.CANCEL_REQUEST)
            self._link.from_client(self._reader.feed(bytes(self._startup)))
            return

    def connection_lost(self, error: Exception | None) -> None:
        if self._link is not None:
            self._link.drop()
        self.transport.close()


class ServerEnd(_End):
    """The end that talks to PostgreSQL: signs in, then messages; serves one link after another."""

    def __init__(self, link: Link, startup: bytes, login: Login | None) -> None:
        super().__init__()
        self.startup = startup
        self._link: Link | None = link
        self._login = login
        self._reader = MessageReader()
        self._greeting = bytearray()  # what PostgreSQL said before it was first ready
        self._greeted = login is None
        self._pool: Pool | None = None
        self._clean: asyncio.Future[None] | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.transport.write(self.startup)

    def data_received(self, data: bytes) -> None:
        if not self._greeted:
            self._receive_greeting(data)
            return
        whole, telling = self._reader.scan(data, TELLING)
        for message in telling:
            if self._link is not None:
                self._link.from_server(message)
            elif message.kind == b"Z":
                self._cleaned()
        if whole and self._link is not None:
            self._link.to_client(whole)

    def _receive_greeting(self, data: bytes) -> None:
        forward = bytearray()
        for message in self._reader.feed(data):
            if self._login is not None and message.kind == b"R":
                self._sign_in(message, forward)
            elif self._link is not None:
                self._link.from_server(message)
                forward += message.raw
                self._greet(message)
        if forward and self._link is not None:
            self._link.to_client(bytes(forward))

    def _sign_in(self, message: Message, forward: bytearray) -> None:
        assert self._login is not None
        answer = self._login.answer(message.body)
        if answer is not None:
            self.transport.write(answer)
        elif message.body[:4] == b"\0\0\0\0":
            self._login = None
            self._greeting += message.raw
            forward += message.raw

    def _greet(self, message: Message) -> None:
        if not self._greeted:
            self._greeting += message.raw
            self._greeted = message.kind == b"Z"

    def serve(self, link: Link) -> None:
        """Serve another link, which is greeted as the first was."""
        self._link = link
        for message in MessageReader().feed(bytes(self._greeting)):
            link.from_server(message)
        link.to_client(bytes(self._greeting))

    def clean(self, pool: Pool) -> None:
        """Leave the link; once PostgreSQL has forgotten the session, go into the pool."""
        self._link, self.other, self._pool = None, None, pool
        self.transport.write(protocol.query("ROLLBACK") + protocol.query("DISCARD ALL"))
        self._cleanings_due = 2
        self._clean = asyncio.get_running_loop().create_future()
        pool.cleaning.add(self._clean)
        self._clean.add_done_callback(pool.cleaning.discard)

    def _cleaned(self) -> None:
        self._cleanings_due -= 1
        if self._cleanings_due > 0:
            return
        if not (self._pool and self._pool.put(self)):
            self.transport.close()
        self._end_cleaning()

    def _end_cleaning(self) -> None:
        if self._clean is not None and not self._clean.done():
            self._clean.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        self._end_cleaning()
        if self._link is not None:
            self._link.drop()


class Link:
    """One connection of a worker, through to PostgreSQL."""

    def __init__(self, wire: Wire, worker: str, client: ClientEnd) -> None:
        self.wire, self.worker = wire, worker
        self.pid = 0  # the backend's, from its BackendKeyData
        self.transaction = "I"
        self.current: Unit | None = None
        self.closed = False
        self._client = client
        self._server: ServerEnd | None = None
        self._incoming: deque[Message] = deque()
        self._group: list[Message] = []  # Parse, Bind, Describe and Close before their Execute
        self._current_bytes = b""
        self._ends_at_ready = True
        self._prepared: dict[str, str] = {}
        self._portals: dict[str, tuple[str, tuple[str | None, ...]]] = {}
        self._syncs_due = 0  # ReadyForQuery that are due and end no statement
        self._open_pipeline = False  # something was executed since the last Sync
        self._skipping = False  # the server ignores all up to the next Sync, after an error
        self._pending_out = bytearray()
        self._opening: asyncio.Task[None] | None = None

    # ---- opening and closing

    def open(self, packet: bytes, *, is_cancel: bool) -> None:
        """Connect to PostgreSQL; only the tenant's role and database are ever asked for."""
        if not is_cancel:
            self.wire.links.append(self)
        self._opening = asyncio.get_running_loop().create_task(self._connect(packet, is_cancel))

    async def _connect(self, packet: bytes, is_cancel: bool) -> None:
        up = await self.wire.upstream()
        startup = packet if is_cancel else protocol.startup_as(packet, up.user, up.database)
        if not is_cancel:
            await self.wire.pool.settled()
        idle = None if is_cancel else self.wire.pool.take(startup)
        if idle is not None:
            self._join(idle)
            idle.serve(self)
            return
        end = ServerEnd(self, startup, None if is_cancel else Login(up.user, up.password))
        try:
            await up.connect(end)
        except OSError as error:
            self.to_client(protocol.error_response("08001", f"no database: {error}"))
            self.drop()
            return
        if self.closed:
            end.transport.abort()
            return
        self._join(end)

    def _join(self, end: ServerEnd) -> None:
        self._server = end
        end.other, self._client.other = self._client, end
        if self._pending_out:
            end.transport.write(bytes(self._pending_out))
            self._pending_out.clear()

    def leave(self) -> None:
        """The worker has closed its connection in an orderly way: keep the upstream for the next."""
        end, idle = self._server, self.current is None and not self._syncs_due and not self._group
        if end is not None and idle and not end.transport.is_closing():
            self._server = None
            end.clean(self.wire.pool)
        elif end is not None:
            end.transport.write(protocol.message(b"X"))
        self.drop()

    def drop(self) -> None:
        """Close both ends."""
        if self.closed:
            return
        self.closed = True
        with contextlib.suppress(ValueError):
            self.wire.links.remove(self)
        if self.current is not None:
            self._finish("", "08006", "the connection was lost")
        for end in (self._client, self._server):
            if end is not None:
                end.transport.close()
        self.wire.notify()

    # ---- from the worker

    def from_client(self, messages: Any) -> None:
        self._incoming.extend(messages)
        self._advance()

    def _advance(self) -> None:
        """Take in messages until one has to wait."""
        while self._incoming and not self.closed:
            kind = self._incoming[0].kind
            if kind in b"dcf" and self.current is not None:
                self._send(self._incoming.popleft().raw)  # COPY data of the statement under way
            elif self.current is not None and kind != b"X":
                if self.current.state is State.RUNNING and kind == b"S" and self._copying:
                    self._send(self._incoming.popleft().raw)
                    continue
                return
            elif self._skipping and kind not in b"SX":
                self._send(self._incoming.popleft().raw)
            elif not self._take(kind):
                return

    _copying = False

    def _take(self, kind: bytes) -> bool:
        """Handle the first message. False: it needs what comes after it."""
        if kind == b"E" and len(self._incoming) < 2:
            return False
        message = self._incoming.popleft()
        if kind == b"X":
            self.leave()
        elif kind in b"QF":
            self._arrive(message.raw, self._text(message), (), at_ready=True)
        elif kind in b"PBDC":
            self._remember(message)
            self._group.append(message)
        elif kind == b"E":
            self._take_execute(message)
        elif kind == b"S":
            self._take_sync(message)
        else:  # Flush, and COPY data out of place
            self._send(self._take_group() + message.raw)
        return True

    def _take_execute(self, message: Message) -> None:
        portal, _ = protocol.cut_string(message.body)
        sql, parameters = self._portals.get(portal, ("", ()))
        raw = self._take_group() + message.raw
        at_ready = self._incoming[0].kind == b"S" and not self._open_pipeline
        if at_ready:
            raw += self._incoming.popleft().raw
        else:
            self._open_pipeline = True
            raw += protocol.FLUSH
        self._arrive(raw, sql, parameters, at_ready=at_ready)

    def _take_sync(self, message: Message) -> None:
        raw = self._take_group() + message.raw
        ends_transaction = self._open_pipeline and self.transaction == "I" and not self._skipping
        self._open_pipeline = self._skipping = False
        if ends_transaction:
            self._arrive(raw, "COMMIT", (), at_ready=True)
        else:
            self._syncs_due += 1
            self._send(raw)

    def _take_group(self) -> bytes:
        raw = b"".join(part.raw for part in self._group)
        self._group.clear()
        return raw

    def _remember(self, message: Message) -> None:
        body = message.body
        if message.kind == b"P":
            name, place = protocol.cut_string(body)
            self._prepared[name] = protocol.cut_string(body, place)[0]
        elif message.kind == b"B":
            portal, place = protocol.cut_string(body)
            name, _ = protocol.cut_string(body, place)
            parameters = tuple(protocol.bind_parameters(body))
            self._portals[portal] = (self._prepared.get(name, ""), parameters)

    @staticmethod
    def _text(message: Message) -> str:
        return protocol.cut_string(message.body)[0] if message.kind == b"Q" else "CALL fast path"

    def _arrive(self, raw: bytes, sql: str, parameters: tuple[str | None, ...], *, at_ready: bool) -> None:
        unit = Unit(len(self.wire.units), self.worker, self, sql, parameters)
        self.current, self._current_bytes, self._ends_at_ready = unit, raw, at_ready
        self.wire.units.append(unit)
        if self.wire.gate(unit):
            self.start(unit)
        else:
            self.wire.notify()

    def start(self, unit: Unit) -> None:
        """Send the current statement on to PostgreSQL."""
        if self.closed or self.current is not unit:
            return
        unit.state = State.RUNNING
        unit.started = asyncio.get_running_loop().time()
        raw = self._current_bytes
        if unit.failure is not None:
            raw = self._failing(raw, unit.failure)
        self._send(raw)
        self.wire.notify()
        self._advance()

    def _failing(self, raw: bytes, failure: Failure) -> bytes:
        """The same exchange, with a statement that raises the wanted error in place of the real one."""
        text = (
            f"DO $grader$ BEGIN RAISE EXCEPTION '{failure.message}' "
            f"USING ERRCODE = '{failure.sqlstate}'; END $grader$"
        )
        if raw[:1] == b"Q":
            return protocol.query(text)
        return protocol.extended_query(text) + (
            protocol.message(b"S") if self._ends_at_ready else protocol.FLUSH
        )

    def _send(self, raw: bytes) -> None:
        if self._server is None:
            self._pending_out += raw
        elif not self._server.transport.is_closing():
            self._server.transport.write(raw)

    # ---- from PostgreSQL

    def from_server(self, message: Message) -> None:
        """Follow what a message says about the statement under way; it is passed on after this."""
        kind, unit = message.kind, self.current
        if kind == b"K":
            self.pid = int.from_bytes(message.body[:4], "big")
        elif kind == b"Z":
            self._ready(message.body[:1].decode())
        elif kind in b"GW":
            self._copying = True
        elif kind == b"E" and unit is not None and not unit.error:
            fields = protocol.error_fields(message.body)
            unit.error, unit.outcome = fields.get("M", ""), fields.get("C", "")
            if not self._ends_at_ready:
                self._skipping = True
                self._finish(unit.outcome, unit.outcome, unit.error)
                self._later()
        elif kind in b"CIs" and unit is not None:
            tag = protocol.cut_string(message.body)[0] if kind == b"C" else ""
            unit.outcome = unit.outcome or tag
            if not self._ends_at_ready:
                self._finish(unit.outcome, "", "")
                self._later()

    def _ready(self, state: str) -> None:
        if self._syncs_due and (self.current is None or self.current.state is State.HELD):
            self._syncs_due -= 1
            self.transaction = state
        elif self.current is not None and self._ends_at_ready:
            self.transaction = state
            self._copying = False
            self._finish(self.current.outcome, "", self.current.error)
            self._later()
        else:
            self.transaction = state

    def _finish(self, outcome: str, sqlstate: str, error: str) -> None:
        unit = self.current
        assert unit is not None
        self.current = None
        unit.outcome = sqlstate or outcome
        unit.error = error
        unit.transaction = self.transaction
        unit.ended = asyncio.get_running_loop().time()
        unit.state = State.DONE
        self.wire.notify()

    def _later(self) -> None:
        """Go on with what the worker has sent meanwhile, after the answer has been passed on."""
        if self._incoming:
            asyncio.get_running_loop().call_soon(self._advance)

    def to_client(self, raw: bytes) -> None:
        if not self._client.transport.is_closing():
            self._client.transport.write(raw)
