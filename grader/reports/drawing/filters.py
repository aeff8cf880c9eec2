"""Filters of the pages' templates."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter(name="code")
def code(text: str) -> SafeString:
    """A text with what stands in backticks set as code, and everything escaped."""
    parts = re.split(r"`([^`]+)`", str(text))
    return SafeString(
        "".join(
            format_html("<code>{}</code>", part) if place % 2 else conditional_escape(part)
            for place, part in enumerate(parts)
        )
    )
