"""Takes requests and answers them, one after the other."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import signal
import sys
from collections.abc import Callable
from typing import Any

from .calls import Calls
from .channel import Channel, describe
from .connection import OwnConnection
from .limiting import limit_resources
from .loading import Loader
from .people import People
from .rows import Rows


class Agent:
    """The operations, by the name that a request gives as `op`."""

    def __init__(self, channel: Channel) -> None:
        self._channel, self.loader = channel, Loader()
        self.operations: dict[str, Callable[..., dict[str, Any]]] = {"boot": self.boot}

    def boot(self, limits: dict[str, float], **arguments: Any) -> dict[str, Any]:
        """Load the submission; the other operations are there from then on."""
        limit_resources(limits)
        self.loader.boot(**arguments)
        own = OwnConnection()
        people = People(own)
        rows, calls = Rows(own, people), Calls(self._channel, self.loader.tree, people)
        for operation in (
            *(self.loader.apps, self.loader.migrate, people.sign_out),
            *(rows.make, rows.bypass, rows.rename, rows.delete_tasks),
            *(
                calls.prepare,
                calls.go,
                calls.go_in_child,
                calls.storm,
                calls.witness,
                calls.names,
                calls.places,
            ),
        ):
            self.operations[operation.__name__] = operation
        gc.freeze()
        return {}


def tell_places() -> None:
    """Write to stderr where the program is, where it crashes and where it is asked to (SIGUSR1)."""
    with contextlib.suppress(OSError, ValueError):
        faulthandler.enable(all_threads=False)
        faulthandler.register(signal.SIGUSR1, all_threads=False)


def main() -> None:
    tell_places()
    channel = Channel(int(sys.argv[1]))
    agent = Agent(channel)
    gc.disable()  # what is loaded at first stays: there is no garbage in it to look for, then or later
    while (request := channel.receive()) is not None:
        operation = agent.operations.get(request.pop("op"))
        ticket = request.pop("ticket", 0)
        if operation is None:
            continue
        try:
            answer = {"ok": True, **operation(**request)}
        except BaseException as error:
            answer = {"ok": False, "error": describe(error, agent.loader.tree)}
        gc.enable()
        channel.send({**answer, "ticket": ticket})
