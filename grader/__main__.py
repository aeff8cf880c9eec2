"""Grades submissions, many at once, and makes reports of what was found.

    python -m grader PATH…
    python -m grader report RUN

Needs no working `loans/`: what is graded is never imported.
"""

from __future__ import annotations

import sys

from grader.cohort import again, command


def main(arguments: list[str]) -> int:
    """Run what was typed; the exit code."""
    if arguments[:1] == ["report"]:
        return again.main(arguments[1:])
    return command.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
