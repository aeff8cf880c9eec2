"""What went wrong in a submission, in plain words: told apart by kind, and with its file and line."""

from __future__ import annotations

import re

from grader.archives import PACKAGES
from grader.workers.limits import Limits

SYNTAX = {"SyntaxError", "IndentationError", "TabError"}
SERVERS_NUMBERS = re.compile(r"\b([Pp]rocess|transaction) \d+\b")
SIGNALS = {
    "SIGXCPU": "used more than {cpu:.0f} s of processor time",
    "SIGXFSZ": "wrote a file of more than {disk:.0f} MiB",
}


def worded(kind: str, message: str, limits: Limits) -> str:
    """An exception's kind and text, with what it means before it where that is more than it says itself.

    Without the numbers of PostgreSQL's processes and transactions, which no two runs share.
    """
    message = SERVERS_NUMBERS.sub(r"\1 …", message)
    meaning = _meaning(kind, message, limits)
    return f"{meaning}: {kind}: {message}" if meaning else f"{kind}: {message}"


def _meaning(kind: str, message: str, limits: Limits) -> str:
    if kind in SYNTAX or (kind == "UnicodeDecodeError" and "source" in message):
        return "syntax error"
    if kind == "MemoryError":
        return f"out of memory (a worker may take {limits.memory:.0f} MiB)"
    if (
        kind == "BlockingIOError" and "Resource temporarily" in message
    ) or "can't start new thread" in message:
        return f"it may have {limits.processes:.0f} processes and threads at once"
    if kind == "ModuleNotFoundError" and (name := missing_module(message)):
        first = name.partition(".")[0]
        if first in PACKAGES:
            return f"there is no {name} in what was handed in"
        return f"{first} is not installed, and not part of what was handed in"
    if kind == "CommandError" and "Conflicting migrations" in message:
        return "its migrations conflict"
    if kind in ("NodeNotFoundError", "CircularDependencyError", "InconsistentMigrationHistory"):
        return "its migrations do not fit together"
    if kind == "SystemCheckError":
        return "Django's system check fails"
    if kind == "OSError" and "Too many open files" in message:
        return f"it may have {limits.files:.0f} files open at once"
    return ""


def missing_module(message: str) -> str:
    """The module that a ModuleNotFoundError names, or ""."""
    found = re.match(r"No module named '([\w.]+)'", message)
    return found[1] if found else ""


def ended(code: int, name: str | None, limits: Limits) -> str:
    """How a process ended: its exit code, or the name of the signal that ended it."""
    if name is None:
        return f"ended itself with exit code {code}"
    return SIGNALS.get(name, f"crashed with {name}").format(**limits.as_dict())
