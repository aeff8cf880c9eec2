"""`python -m challenges`: finds the commands in `challenges/commands/`, and runs the one that is asked for.

A command is a module with `HELP` and `EXAMPLE` (a line each), `arguments(parser)` and `run(options)`; its
name is the file's, with `-` for `_`. Nothing here imports Django or `loans/`: both may be broken.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import pkgutil
import signal
import sys
from collections.abc import Sequence
from types import FrameType, ModuleType
from typing import NoReturn

from challenges import commands
from challenges.errors import InputError
from challenges.naming import did_you_mean

PROGRAM = "python -m challenges"
SETUP = "python3 -m grader.setup python -m challenges"
OURS = ("challenges", "grader")
WRONG_INPUT = 2
INTERRUPTED = 130
DISK_TROUBLE = {
    errno.EROFS: "the disk is read-only: use another place",
    errno.EACCES: "writing there is not allowed: use another place",
    errno.EPERM: "writing there is not allowed: use another place",
    errno.ENOSPC: "the disk is full: free some room and try again",
    errno.EDQUOT: "the disk is full: free some room and try again",
}


class Parser(argparse.ArgumentParser):
    """An argparse parser whose complaints are one line like all others."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message[0].upper()}{message[1:]}; see {self.prog} --help")


def command_names() -> list[str]:
    """The commands there are."""
    return sorted(found.name.replace("_", "-") for found in pkgutil.iter_modules(commands.__path__))


def command(name: str) -> ModuleType:
    """The module of a command. Raises InputError where there is none."""
    if name not in (known := command_names()):
        raise InputError(f"There is no command {name!r}{did_you_mean(name, known)}")
    try:
        return importlib.import_module(f"{commands.__name__}.{name.replace('-', '_')}")
    except ModuleNotFoundError as error:
        raise _lacking(name, error) from error


def _lacking(name: str, error: ModuleNotFoundError) -> InputError:
    """What is said where a package is missing. Raises the error itself where it is one of our own."""
    if (error.name or "").partition(".")[0] in OURS:
        raise error
    return InputError(f"{name} needs {error.name}, which is not installed: {SETUP} {name}")


def parser_of(name: str) -> argparse.ArgumentParser:
    """A command's parser, for its options and its `--help`."""
    module = command(name)
    parser = Parser(
        prog=f"{PROGRAM} {name}",
        description=module.HELP,
        epilog=f"example: {module.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.arguments(parser)
    return parser


def overview() -> str:
    """What there is to type."""
    lines = [f"usage: {PROGRAM} COMMAND …", ""]
    for name in command_names():
        try:
            said = command(name).HELP
        except InputError as error:  # a package is missing; the others work all the same
            said = f"({error})"
        lines.append(f"  {name:<12} {said}")
    return "\n".join([*lines, "", f"{PROGRAM} COMMAND --help says more, with an example."])


def main(arguments: Sequence[str]) -> int:
    """Run a command; its exit code, or 2 with one line where the input can't be worked with."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        code = _run(list(arguments))
        sys.stdout.flush()
        return code
    except InputError as error:
        return _complain(str(error), WRONG_INPUT)
    except KeyboardInterrupt:
        return _complain("stopped; nothing half made is left.", INTERRUPTED)
    except BrokenPipeError:  # `… | head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        return _complain(f"{error.filename}: {DISK_TROUBLE[error.errno]}.", WRONG_INPUT)


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    name, *rest = arguments
    module = command(name)
    options = parser_of(name).parse_args(rest)
    try:
        result: int = module.run(options)
    except ModuleNotFoundError as error:
        raise _lacking(name, error) from error
    return result


def _complain(line: str, code: int) -> int:
    print(f"challenges: {line}", file=sys.stderr)
    return code


def _as_interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """Let `kill` clean up as Ctrl-C does."""
    raise KeyboardInterrupt
