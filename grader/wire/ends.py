"""The two ends of a link as sockets: one talks to the worker, one to PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from grader.wire import protocol
from grader.wire.protocol import Login, Message, MessageReader

if TYPE_CHECKING:
    from grader.wire.link import Link
    from grader.wire.upstream import Pool

TELLING = b"KZGWECIs"  # the messages that say how a statement goes: all that `Link.from_server` knows
HIGH_WATER = 4 * 2**20  # bytes waiting to be written before the other side is no longer read


class Opener(Protocol):
    """What makes the link of a worker's connection."""

    def __call__(self, client: ClientEnd) -> Link: ...


class End(asyncio.Protocol):
    """One end of a link; pauses the other end's reading when its own writing can't keep up."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.other: End | None = None

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


class ClientEnd(End):
    """The end that a worker talks to: the start-up packet, then messages."""

    def __init__(self, new_link: Opener) -> None:
        super().__init__()
        self._new_link = new_link
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
            self._link = self._new_link(self)
            self._link.open(packet, is_cancel=code == protocol.CANCEL_REQUEST)
            self._link.from_client(self._reader.feed(bytes(self._startup)))
            return

    def connection_lost(self, error: Exception | None) -> None:
        if self._link is not None:
            self._link.drop()
        self.transport.close()


class ServerEnd(End):
    """The end that talks to PostgreSQL: signs in, then messages; serves one link after another."""

    def __init__(self, link: Link, startup: bytes, login: Login | None) -> None:
        super().__init__()
        self.startup = startup
        self._link: Link | None = link
        self._login = login
        self._reader = MessageReader()
        self._greeting = bytearray()  # what PostgreSQL said before it was first ready
        self.greeted = login is None
        self._pool: Pool | None = None
        self._clean: asyncio.Future[None] | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.transport.write(self.startup)

    def data_received(self, data: bytes) -> None:
        if not self.greeted:
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
        if not self.greeted:
            self._greeting += message.raw
            self.greeted = message.kind == b"Z"

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
