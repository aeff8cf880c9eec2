"""What a worker tells of how the app answers a call: leads for what else to send or say, never a verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from grader.calls import Call
from grader.workers.worker import SubmissionError, WorkerLost

if TYPE_CHECKING:
    from grader.app import App

MOST_NAMES = 60
MOST_PLACES = 3
LONGEST_PLACE = 200  # characters
NAME = re.compile(r"[A-Za-z][\w.\[\]-]{0,60}")
CHOICE = re.compile(rf"{NAME.pattern}=.{{1,60}}")
NOBODYS = "a-name-that-nobody-has"  # for an app that goes through the query string
SENT = ("query", "headers", "cookies", "body")  # the parts of a request
PARTS = (*SENT, *(f"{part} choices" for part in SENT))  # see App.names
PAGING = {"page", "page_size", "limit", "offset", "cursor", "size", "per_page"}
USUAL = {  # what Django, DRF and their like look for in any request
    *("FORMAT", "CSRFMIDDLEWARETOKEN", "HOST", "COOKIE", "ACCEPT", "AUTHORIZATION", "ORIGIN", "REFERER"),
    *("CSRFTOKEN", "SESSIONID", "MESSAGES", "DJANGO_LANGUAGE"),
    *("USER-AGENT", "X-CSRFTOKEN", "X-REQUESTED-WITH", "X-HTTP-METHOD-OVERRIDE", "X-REAL-IP", "CONTENT-TYPE"),
    *("X-FORWARDED-FOR", "X-FORWARDED-HOST", "X-FORWARDED-PORT", "X-FORWARDED-PROTO", "CONTENT-LENGTH"),
    *("ACCEPT-LANGUAGE", "ACCEPT-ENCODING", "IF-NONE-MATCH", "IF-MODIFIED-SINCE", "IF-MATCH"),
    *("IF-UNMODIFIED-SINCE", "CONTENT-ENCODING", "TRANSFER-ENCODING"),
}


def witness(app: App, call: Call) -> list[dict[str, str]]:
    """What nplusone says of a call."""
    try:
        app.prepare(call, on="B")
        said = app.rig.worker("B").ask("witness")["findings"]
    except (SubmissionError, WorkerLost):
        return []
    keys = ("label", "model", "field", "relation")
    return [{key: str(lead.get(key) or "") for key in keys} for lead in said if isinstance(lead, dict)]


def places(app: App, call: Call) -> list[str]:
    """Where the statement comes from that a call sends most often: file, line and code."""
    try:
        app.prepare(call, on="A")
        said = app.rig.worker("A").ask("places")["places"]
    except (SubmissionError, WorkerLost):
        return []
    return [place[:LONGEST_PLACE] for place in said[:MOST_PLACES] if isinstance(place, str)]


def names(app: App, call: Call) -> dict[str, list[str]]:
    """By which names the app looks into what is sent, by the parts of a request; less what is usual.

    Asked again with the names that were found, first in the query string (and, for a list, with a body), then
    in all parts: a value that is sent tells what it is compared with (`query choices`, as `name=value`).
    """
    found = _ask(app, call)
    is_list = call.method == "GET"
    if is_list:
        call = replace(call, body={})
    if is_list or found["query"]:
        asked = dict.fromkeys([*found["query"], *[NOBODYS] * is_list], "1")
        found = _both(found, _ask(app, sending(call, "query", asked)))
    body = [name for name in found["body"] if name not in call.body]
    if found["headers"] or found["cookies"] or body:
        for part in SENT:
            call = sending(call, part, dict.fromkeys(body if part == "body" else found[part], "1"))
        found = _both(found, _ask(app, call))
    return found


def _both(ones: dict[str, list[str]], others: dict[str, list[str]]) -> dict[str, list[str]]:
    return {part: sorted({*ones[part], *others[part]} - {NOBODYS}) for part in PARTS}


def sending(call: Call, part: str, pairs: Mapping[str, Any]) -> Call:
    """A call with more in one of its parts (`SENT`)."""
    if not pairs:
        return call
    if part == "query":
        return replace(call, path=f"{call.path}{'&' if '?' in call.path else '?'}{urlencode(pairs)}")
    if part == "headers":
        return replace(call, headers=(*call.headers, *((name, str(value)) for name, value in pairs.items())))
    if part == "cookies":
        cookies = "; ".join(f"{name}={value}" for name, value in pairs.items())
        return replace(call, headers=(*call.headers, ("Cookie", cookies)))
    return replace(call, body={**(call.body or {}), **pairs})


def _ask(app: App, call: Call) -> dict[str, list[str]]:
    try:
        app.prepare(call, on="A")
        said = app.rig.worker("A").ask("names")["names"]
    except (SubmissionError, WorkerLost):
        said = {}
    return {part: _of_form(said.get(part) if isinstance(said, dict) else None, part) for part in PARTS}


def _of_form(found: object, part: str) -> list[str]:
    """The names among what a worker said, of which nothing is trusted to be of any form."""
    form = NAME if part in SENT else CHOICE
    told = found if isinstance(found, list) else []
    names = [name for name in told if isinstance(name, str) and form.fullmatch(name)]
    return [name for name in names if name.partition("=")[0].upper() not in USUAL][:MOST_NAMES]
