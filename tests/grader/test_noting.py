"""What a call looks for in a request is noted by name, in whatever way it looks; in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from grader.rig import CHECKOUT

PROGRAM = """
import io, json, sys
sys.path.insert(0, sys.argv[1])
from django.conf import settings
settings.configure()
from agent.noting import Names
names = Names()
environ = {"REQUEST_METHOD": "GET", "QUERY_STRING": "mode=1&else=1", "HTTP_COOKIE": "a=1", "HTTP_X_MODE": "1"}
environ = names.listen({**environ, "wsgi.input": io.BytesIO()})
from django.core.handlers.wsgi import WSGIRequest
request = WSGIRequest(environ)
exec(sys.argv[2])
print(json.dumps({place: sorted(found) for place, found in names.found.items()}))
"""


def noted(code: str) -> dict[str, list[str]]:
    command = [sys.executable, "-c", PROGRAM, str(CHECKOUT / "grader" / "workers"), code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("code", "place", "name"),
    [
        ("request.GET.get('owner')", "query", "owner"),
        ("'owner' in request.GET", "query", "owner"),
        ("[v for k, v in request.GET.items() if k == 'owner']", "query", "owner"),
        ("[k for k in request.GET.dict() if k in ('owner', 'user')]", "query", "user"),
        ("request.GET.get('mode') == 'audit'", "query choices", "mode=audit"),
        ("request.GET.get('mode') != 'audit'", "query choices", "mode=audit"),
        ("request.GET['mode'] in ('all', 'audit')", "query choices", "mode=all"),
        ("request.GET['mode'].strip().lower() == 'all'", "query choices", "mode=all"),
        ("'audit' in request.GET.getlist('mode')", "query choices", "mode=audit"),
        ("request.headers.get('X-Mode') == 'all'", "headers choices", "X-Mode=all"),
        ("request.META['HTTP_X_MODE'] == 'all'", "headers choices", "X-MODE=all"),
        ("request.COOKIES['a'] == 'all'", "cookies choices", "a=all"),
        ("""json.loads('{"mode": "1"}')['mode'] == 'all'""", "body choices", "mode=all"),
        ("request.headers.get('X-Owner')", "headers", "X-Owner"),
        ("request.META.get('HTTP_X_OWNER')", "headers", "X-OWNER"),
        ("request.COOKIES.get('account')", "cookies", "account"),
        ("json.loads('{}').get('customer')", "body", "customer"),
    ],
)
def test_what_is_looked_for_is_noted(code: str, place: str, name: str) -> None:
    assert name in noted(code)[place]


def test_a_value_that_is_only_read_is_no_choice() -> None:
    assert noted("int(request.GET['mode']) + len(request.GET['else'])")["query choices"] == []


def test_what_is_compared_of_the_environment_itself_is_no_choice() -> None:
    assert noted("request.META['REQUEST_METHOD'] == 'POST'")["headers choices"] == []
