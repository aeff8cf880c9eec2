"""What a worker prints: its end is kept, to say where a worker hangs or crashed; a flood ends the worker."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable

KEPT = 32 * 1024  # bytes
FRAME = re.compile(r'^  File "(.+)", line (\d+) in (\S+)$', re.MULTILINE)
HEADS = re.compile(r"^(?:Current thread|Thread|Stack|Fatal Python error)", re.MULTILINE)


class Output:
    """Reads a worker's stdout and stderr until both are closed."""

    def __init__(self, descriptor: int, most: int, flooded: Callable[[], None]) -> None:
        self._end = b""
        self._heard = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(descriptor, most, flooded), daemon=True)
        self._reader.start()

    def _read(self, descriptor: int, most: int, flooded: Callable[[], None]) -> None:
        total = 0
        while part := os.read(descriptor, 65536):
            total += len(part)
            self._end = (self._end + part)[-KEPT:]
            self._heard.set()
            if total > most:
                flooded()
                break
        os.close(descriptor)

    def wait(self, seconds: float) -> None:
        """Wait until nothing can come any more."""
        self._reader.join(seconds)

    def wait_for_place(self, tree: str, seconds: float) -> None:
        """Wait until a traceback has come that leads into the submission."""
        deadline = time.monotonic() + seconds
        while not self.place(tree) and (left := deadline - time.monotonic()) > 0:
            self._heard.wait(left)
            self._heard.clear()

    def forget(self) -> None:
        """What was printed up to here tells nothing of what comes."""
        self._end = b""
        self._heard.clear()

    def place(self, tree: str) -> str:
        """Where in the submission the newest traceback of faulthandler is: "loans/x.py, line 3", or ""."""
        text = self._end.decode(errors="replace")
        heads = list(HEADS.finditer(text))
        for file, line, _ in FRAME.findall(text[heads[-1].start() :] if heads else ""):
            if file.startswith(f"{tree}/"):
                return f"{file.removeprefix(f'{tree}/')}, line {line}"
        return ""
