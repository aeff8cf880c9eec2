"""One connection of a worker, through to PostgreSQL: every statement known, held, let go or failed.

One statement of a link is under way at a time; whether an arriving one may go at once is asked of the
wire's gate, and answered later with `Wire.release`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING, Any

from grader.wire import protocol
from grader.wire.ends import ClientEnd, ServerEnd
from grader.wire.protocol import Login, Message
from grader.wire.unit import Failure, State, Unit

if TYPE_CHECKING:
    from grader.wire.proxy import Wire

MOST_UNITS = 500_000  # statements of a lane that are recorded, 1 KB each; a check needs some hundred


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

    @property
    def is_open(self) -> bool:
        """Whether PostgreSQL has greeted the worker."""
        return self._server is not None and self._server.greeted

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
        if len(self.wire.units) >= MOST_UNITS:
            self.to_client(protocol.error_response("54000", f"more than {MOST_UNITS} statements were sent"))
            self.drop()
            return
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
