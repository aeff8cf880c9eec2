"""The pipe to the trusted process, and how an exception goes over it."""

from __future__ import annotations

import json
import os
import socket
import struct
import traceback
from pathlib import Path
from typing import Any

FRAMES = 4  # of the submission, that are told of an exception


class Channel:
    """Length-prefixed JSON over a socket."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)

    def receive(self) -> dict[str, Any] | None:
        head = self._read(4)
        if len(head) < 4:
            return None
        request: dict[str, Any] = json.loads(self._read(struct.unpack("!I", head)[0]))
        return request

    def _read(self, size: int) -> bytes:
        return self._socket.recv(size, socket.MSG_WAITALL)

    def fileno(self) -> int:
        """For `select`: nothing is buffered here."""
        return self._socket.fileno()

    def send(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer, default=str).encode()
        self._socket.sendall(struct.pack("!I", len(body)) + body)


def describe(error: BaseException, tree: Path) -> dict[str, Any]:
    """An exception as data: its type and text, and the frames that lie in the submission."""
    frames = [
        {
            "file": os.path.relpath(frame.filename, tree),
            "line": frame.lineno,
            "function": frame.name,
            "code": frame.line or "",
        }
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(f"{tree}{os.sep}")
    ][-FRAMES:]
    if isinstance(error, SyntaxError) and error.filename:
        shown = os.path.relpath(error.filename, tree)
        frames.append(
            {"file": shown, "line": error.lineno, "function": "", "code": (error.text or "").strip()}
        )
    text = str(error) if not isinstance(error, SyntaxError) else error.msg
    text = text.replace(f"{tree}{os.sep}", "")  # whoever reads it knows the file by its place in the tree
    text = " ".join([text.strip()[:500], *getattr(error, "__notes__", [])])
    return {"type": type(error).__name__, "message": text[:600], "frames": frames}
