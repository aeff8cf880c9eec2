"""Notes by which names a call looks into what its caller sent: leads for what else to send, never a verdict.

Patches Django and `json` for good, so it is used in a child that is thrown away.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from typing import Any

ASKING = ("get", "__getitem__", "__contains__", "pop", "getlist")
PLACES = ("query", "headers", "cookies", "body")


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

    def __ne__(self, other: object) -> bool:
        return not self == other

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

    `query choices` are what values of the query string were compared with, as `name=value`; and so on.
    """

    def __init__(self) -> None:
        self.found: dict[str, set[str]] = {place: set() for place in PLACES}
        self.found |= {f"{place} choices": set() for place in PLACES}

    def listen(self, environ: dict[str, Any]) -> dict[str, Any]:
        """Patch what hands out a request's parts; the environment to make the request of."""
        from django.http import QueryDict
        from django.http.request import HttpHeaders

        self._patch(QueryDict, "query")
        self._patch_names(QueryDict)
        self._patch(HttpHeaders, "headers")
        self._patch_cookies()
        for name in ("load", "loads"):
            setattr(json, name, functools.partial(getattr(json, name), object_hook=self._noting("body")))
        return self._noting("headers")(environ)

    def _patch_names(self, kind: Any) -> None:
        """Note what a query string's names are compared with, where they are gone through."""
        names = kind.__iter__

        def iterate_noting(mapping: Any) -> Iterator[Any]:
            return (Compared.noting(name, self.found["query"].add) for name in names(mapping))

        kind.__iter__ = kind.keys = iterate_noting

    def _patch_cookies(self) -> None:
        from django.core.handlers.wsgi import WSGIRequest

        original = WSGIRequest.COOKIES.func  # type: ignore[attr-defined]
        noting = self._noting("cookies")
        WSGIRequest.COOKIES = property(lambda request: noting(original(request)))  # type: ignore[assignment]

    def _note(self, place: str, name: object) -> str:
        """Note a name, and what it is called there; "" for one that is none of a caller's."""
        if not isinstance(name, str):
            return ""
        if place == "headers" and name.startswith("HTTP_"):  # in request.META, which holds other things too
            name = name.removeprefix("HTTP_").replace("_", "-")
        elif place == "headers" and "-" not in name:
            return ""
        self.found[place].add(name)
        return name

    def _compared(self, place: str, name: str, value: Any) -> Any:
        """A value that notes what it is compared with, and so do those of a list; any other as it is."""
        if isinstance(value, list):
            return [self._compared(place, name, one) for one in value]
        if not name or not isinstance(value, str):
            return value
        return Compared.noting(value, lambda other: self.found[f"{place} choices"].add(f"{name}={other}"))

    def _patch(self, kind: type, place: str) -> None:
        for method in ASKING:
            if (original := getattr(kind, method, None)) is not None:
                setattr(kind, method, self._noted(original, place))

    def _noted(self, original: Callable[..., Any], place: str) -> Callable[..., Any]:
        def ask(mapping: Any, name: Any, *rest: Any, **named: Any) -> Any:
            called = self._note(place, name)
            return self._compared(place, called, original(mapping, name, *rest, **named))

        return ask

    def _noting(self, place: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """A kind of dict that notes what it is asked for."""
        methods = {name: self._noted(getattr(dict, name), place) for name in ASKING if hasattr(dict, name)}
        kind: Callable[[dict[str, Any]], dict[str, Any]] = type("dict", (dict,), methods)
        return kind
