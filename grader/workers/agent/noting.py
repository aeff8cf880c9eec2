"""Notes by which names a call looks into what its caller sent: leads for what else to send, never a verdict.

Patches Django and `json` for good, so it is used in a child that is thrown away.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

ASKING = ("get", "__getitem__", "__contains__", "pop", "getlist")


class Names:
    """The names, by where they were looked for: `query`, `headers`, `body`."""

    def __init__(self) -> None:
        self.found: dict[str, set[str]] = {"query": set(), "headers": set(), "body": set()}

    def listen(self, environ: dict[str, Any]) -> dict[str, Any]:
        """Patch what hands out a request's parts; the environment to make the request of."""
        from django.http import QueryDict
        from django.http.request import HttpHeaders

        self._patch(QueryDict, "query")
        self._patch(HttpHeaders, "headers")
        for name in ("load", "loads"):
            setattr(json, name, functools.partial(getattr(json, name), object_hook=self._noting("body")))
        return self._noting("headers")(environ)

    def _note(self, place: str, name: Any) -> None:
        if not isinstance(name, str):
            return
        if place != "headers":
            self.found[place].add(name)
        elif name.startswith("HTTP_"):  # in request.META, which holds other things too
            self.found[place].add(name.removeprefix("HTTP_").replace("_", "-"))
        elif "-" in name:
            self.found[place].add(name)

    def _patch(self, kind: type, place: str) -> None:
        for method in ASKING:
            if (original := getattr(kind, method, None)) is not None:
                setattr(kind, method, self._noted(original, place))

    def _noted(self, original: Callable[..., Any], place: str) -> Callable[..., Any]:
        def ask(mapping: Any, name: Any, *rest: Any, **named: Any) -> Any:
            self._note(place, name)
            return original(mapping, name, *rest, **named)

        return ask

    def _noting(self, place: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """A kind of dict that notes what it is asked for."""
        methods = {name: self._noted(getattr(dict, name), place) for name in ASKING if hasattr(dict, name)}
        kind: Callable[[dict[str, Any]], dict[str, Any]] = type("dict", (dict,), methods)
        return kind
