"""A page in one file: no network, no script but our own, everything from a submission escaped.

Django's template engine, standalone: it escapes by default, and no settings are read.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import SafeString

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@functools.cache
def _engine() -> Engine:
    return Engine(dirs=[str(TEMPLATES)], builtins=["grader.reports.drawing.filters"])


def render(template: str, script: str = "", **values: Any) -> str:
    """A page from a template. `script` is the name of a file of our own beside the templates.

    The policy allows exactly the one style and the one script, by their hashes.
    """
    style = _own("style.css")
    code = _own(script) if script else SafeString()
    policy = f"default-src 'none'; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    policy += f"; script-src {_hash(code)}" if code else ""
    context = Context({**values, "style": style, "script": code, "policy": policy}, use_l10n=False)
    return str(_engine().get_template(template).render(context))


def _own(name: str) -> SafeString:
    """A file of this folder, which needs no escaping."""
    return SafeString((TEMPLATES / name).read_text(encoding="utf-8"))


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
