"""What is printed for people: plain text in a pipe or under NO_COLOR, a little colour at a terminal."""

from __future__ import annotations

import os
import sys
import textwrap

WIDTH = 78
COLOURS = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33}


def is_plain() -> bool:
    """Whether colours and moving lines stay out: https://no-color.org, a pipe, a dumb terminal."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()


def paint(text: str, colour: str) -> str:
    """Text in a colour, where there are colours."""
    return text if is_plain() else f"\x1b[{COLOURS[colour]}m{text}\x1b[0m"


def wrap(text: str, indent: str = "") -> str:
    """A paragraph in lines of a readable length."""
    return textwrap.fill(" ".join(text.split()), WIDTH, initial_indent=indent, subsequent_indent=indent)
