"""Notes by which names a call looks into what its caller sent: leads for what else to send, never a verdict.

Patches Django and `json` for good, so it is used in a child that is thrown away.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from typing import Any

ASKING = ("get", "__getitem__", "__contains__", "pop", "getlist")


class Compared(str):
    """A text that tells what it is compared with."""

    tell: Callable[[str], None]

    @classmethod
    def noting(cls, text: str, tell: Callable[[str], None]) -> Compared:
        made = cls(text)
        made.tell = tell
        return made

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            self.tell(str(other))
        return str.__eq__(self, other)

    __hash__ = str.__hash__

    def lower(self) -> Compared:
        return self.noting(str.lower(self), self.tell)

    def strip(self, *characters: Any) -> Compared:
        return self.noting(str.strip(self, *characters), self.tell)

    def upper(self) -> Compared:
        return self.noting(str.upper(self), self.tell)

    casefold = lower


class Names:
    """The names, by where they were looked for: `query`, `headers`, `cookies`, `body`.

    `choices` are what values of the query string were compared with, as `name=value`.
    """

    def __init__(self) -> None:
        places = ("query", "headers", "cookies", "body", "choices")
        self.found: dict[str, set[str]] = {place: set() for place in places}

    def listen(self, environ: dict[str, Any]) -> dict[str, Any]:
        """Patch what hands out a request's parts; the environment to make the request of."""
        from django.http import QueryDict
        from django.http.request import HttpHeaders

        self._patch(QueryDict, "query")
        self._patch_values(QueryDict)
        self._patch(HttpHeaders, "headers")
        self._patch_cookies()
        for name in ("load", "loads"):
            setattr(json, name, functools.partial(getattr(json, name), object_hook=self._noting("body")))
        return self._noting("headers")(environ)

    def _patch_values(self, kind: Any) -> None:
        """Note what a query string's values are compared with, and its names, where they are gone through."""

        def compared(name: str) -> Callable[[str], None]:
            return lambda other: self.found["choices"].add(f"{name}={other}")

        get, names = kind.__getitem__, kind.__iter__

        def get_noting(mapping: Any, name: Any) -> Any:
            value = get(mapping, name)
            return Compared.noting(value, compared(name)) if isinstance(value, str) else value

        def iterate_noting(mapping: Any) -> Iterator[Any]:
            return (Compared.noting(name, self.found["query"].add) for name in names(mapping))

        kind.__getitem__, kind.__iter__, kind.keys = get_noting, iterate_noting, iterate_noting

    def _patch_cookies(self) -> None:
        from django.core.handlers.wsgi import WSGIRequest

        original = WSGIRequest.COOKIES.func  # type: ignore[attr-defined]
        noting = self._noting("cookies")
        WSGIRequest.COOKIES = property(lambda request: noting(original(request)))  # type: ignore[assignment]

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
