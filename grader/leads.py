"""What a worker tells of how the app answers a call: leads for what else to send or say, never a verdict."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
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
PARTS = ("query", "headers", "cookies", "body", "choices")  # of a request; see App.names
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

    Asked twice, the second time with the names of the first in the query string and, for a list, a body.
    The part `choices` is what values of the query string are compared with, as `name=value`.
    """
    once = _ask(app, call)
    is_list = call.method == "GET"
    asked = once["query"] + [NOBODYS] * is_list
    if not asked:
        return once
    path = f"{call.path}?{urlencode(dict.fromkeys(asked, '1'))}"
    twice = _ask(app, replace(call, path=path, body={} if is_list else call.body))
    return {part: sorted({*once[part], *twice[part]} - {NOBODYS}) for part in PARTS}


def _ask(app: App, call: Call) -> dict[str, list[str]]:
    try:
        app.prepare(call, on="A")
        said = app.rig.worker("A").ask("names")["names"]
    except (SubmissionError, WorkerLost):
        said = {}
    return {part: _of_form(said.get(part) if isinstance(said, dict) else None, part) for part in PARTS}


def _of_form(found: object, part: str) -> list[str]:
    """The names among what a worker said, of which nothing is trusted to be of any form."""
    form = CHOICE if part == "choices" else NAME
    told = found if isinstance(found, list) else []
    names = [name for name in told if isinstance(name, str) and form.fullmatch(name)]
    return [name for name in names if name.partition("=")[0].upper() not in USUAL][:MOST_NAMES]
