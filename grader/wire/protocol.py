"""PostgreSQL's frontend/backend protocol, version 3, as far as a proxy must know it.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass

CANCEL_REQUEST = 80877102
SSL_REQUEST = 80877103
GSS_REQUEST = 80877104
PROTOCOL_3 = 3 << 16
LONGEST_STARTUP = 10_000  # bytes; PostgreSQL's own limit
LONGEST_MESSAGE = 64 * 2**20  # bytes a worker may send in one message

_UINT = struct.Struct("!I")
_INT = struct.Struct("!i")


class ProtocolError(Exception):
    """The peer sent something that is not the protocol."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its type byte, and the whole of it as sent."""

    kind: bytes
    raw: bytes

    @property
    def body(self) -> bytes:
        return self.raw[5:]


def message(kind: bytes, body: bytes = b"") -> bytes:
    """The bytes of a message."""
    return kind + _UINT.pack(len(body) + 4) + body


class MessageReader:
    """Cuts a stream into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def scan(self, data: bytes, kinds: bytes) -> tuple[bytes, list[Message]]:
        """Add what has come; all whole messages as they are, and those of some kinds apart.

        For the rows of a large result, which are passed on without a look at each. Raises ProtocolError.
        """
        buffer = self._buffer
        buffer += data
        found: list[Message] = []
        start, length = 0, len(buffer)
        while length - start >= 5:
            size = _UINT.unpack_from(buffer, start + 1)[0]
            if not 4 <= size <= LONGEST_MESSAGE:
                raise ProtocolError(f"message of {size} bytes")
            end = start + 1 + size
            if length < end:
                break
            if buffer[start] in kinds:
                raw = bytes(buffer[start:end])
                found.append(Message(raw[:1], raw))
            start = end
        whole = bytes(buffer[:start])
        del buffer[:start]
        return whole, found

    def feed(self, data: bytes) -> Iterator[Message]:
        """Add what has come and yield the messages that are whole. Raises ProtocolError."""
        buffer = self._buffer
        buffer += data
        start = 0
        try:
            while len(buffer) - start >= 5:
                size = _UINT.unpack_from(buffer, start + 1)[0]
                if not 4 <= size <= LONGEST_MESSAGE:
                    raise ProtocolError(f"message of {size} bytes")
                end = start + 1 + size
                if len(buffer) < end:
                    break
                raw = bytes(buffer[start:end])
                start = end
                yield Message(raw[:1], raw)
        finally:
            del buffer[:start]


def startup_packet(data: bytes | bytearray) -> bytes | None:
    """The first packet of a connection (which has no type byte), or None until it is whole."""
    if len(data) < 8:
        return None
    size = _UINT.unpack_from(data)[0]
    if not 8 <= size <= LONGEST_STARTUP:
        raise ProtocolError(f"start-up packet of {size} bytes")
    return bytes(data[:size]) if len(data) >= size else None


def startup_code(packet: bytes) -> int:
    code: int = _UINT.unpack_from(packet, 4)[0]
    return code


def startup_as(packet: bytes, user: str, database: str) -> bytes:
    """The start-up packet with the user and database that the proxy decides, whatever was asked."""
    parts = packet[8:].split(b"\0")
    asked = dict(zip(parts[::2], parts[1::2], strict=False))
    asked.pop(b"", None)
    asked.pop(b"replication", None)
    asked |= {b"user": user.encode(), b"database": database.encode()}
    body = b"".join(key + b"\0" + value + b"\0" for key, value in asked.items()) + b"\0"
    return _UINT.pack(len(body) + 8) + packet[4:8] + body


def error_fields(body: bytes) -> dict[str, str]:
    """The fields of an ErrorResponse by their letter: C is the SQLSTATE, M the message."""
    fields = (part for part in body.split(b"\0") if part)
    return {part[:1].decode(): part[1:].decode(errors="replace") for part in fields}


def error_response(sqlstate: str, text: str) -> bytes:
    fields = [b"SFATAL", b"VFATAL", b"C" + sqlstate.encode(), b"M" + text.encode(), b"", b""]
    return message(b"E", b"\0".join(fields))


def query(text: str) -> bytes:
    return message(b"Q", text.encode() + b"\0")


def extended_query(text: str) -> bytes:
    """Parse, Bind and Execute of an unnamed statement without parameters."""
    parse = message(b"P", b"\0" + text.encode() + b"\0\0\0")
    bind = message(b"B", b"\0\0\0\0\0\0\0\0")
    return parse + bind + message(b"E", b"\0\0\0\0\0")


FLUSH = message(b"H")


def cut_string(body: bytes, start: int = 0) -> tuple[str, int]:
    """A zero-terminated string and the place after it."""
    end = body.index(b"\0", start)
    return body[start:end].decode(errors="replace"), end + 1


def bind_parameters(body: bytes) -> list[str | None]:
    """The parameters of a Bind message, for people to read: text as it is, binary as number or hex."""
    _, place = cut_string(body)
    _, place = cut_string(body, place)
    count = struct.unpack_from("!H", body, place)[0]
    formats = struct.unpack_from(f"!{count}H", body, place + 2)
    place += 2 + 2 * count
    total = struct.unpack_from("!H", body, place)[0]
    place += 2
    shown: list[str | None] = []
    for index in range(total):
        size = _INT.unpack_from(body, place)[0]
        place += 4
        if size < 0:
            shown.append(None)
            continue
        value = body[place : place + size]
        place += size
        form = formats[index] if len(formats) > 1 else (formats[0] if formats else 0)
        shown.append(_readable(value, binary=form == 1))
    return shown


def _readable(value: bytes, *, binary: bool) -> str:
    if not binary:
        return value.decode(errors="replace")
    if len(value) == 1:
        return str(bool(value[0])).lower()
    if len(value) in (2, 4, 8):
        return str(int.from_bytes(value, "big", signed=True))
    return value.decode() if value.isascii() else value.hex()


class Login:
    """The proxy's side of signing in: trust, clear text, MD5 and SCRAM-SHA-256 (RFC 5802)."""

    def __init__(self, user: str, password: str) -> None:
        self._user = user.encode()
        self._password = password.encode()
        self._nonce = secrets.token_urlsafe(18).encode()
        self._first = b"n=,r=" + self._nonce

    def answer(self, body: bytes) -> bytes | None:
        """What to send on an authentication request; None where nothing is asked."""
        code = _UINT.unpack_from(body)[0]
        if code in (0, 12):
            return None
        if code == 3:
            return message(b"p", self._password + b"\0")
        if code == 5:
            inner = hashlib.md5(self._password + self._user).hexdigest().encode()
            return message(b"p", b"md5" + hashlib.md5(inner + body[4:8]).hexdigest().encode() + b"\0")
        if code == 10:
            first = b"n,," + self._first
            return message(b"p", b"SCRAM-SHA-256\0" + _UINT.pack(len(first)) + first)
        if code == 11:
            return message(b"p", self._proof(body[4:]))
        raise ProtocolError(f"authentication method {code} is not known to the wire")

    def _proof(self, challenge: bytes) -> bytes:
        parts = dict(part.split(b"=", 1) for part in challenge.split(b","))
        salted = hashlib.pbkdf2_hmac(
            "sha256", self._password, base64.b64decode(parts[b"s"]), int(parts[b"i"])
        )
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        final = b"c=biws,r=" + parts[b"r"]
        signed = b",".join((self._first, challenge, final))
        signature = hmac.digest(hashlib.sha256(client_key).digest(), signed, "sha256")
        proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        return final + b",p=" + base64.b64encode(proof)
