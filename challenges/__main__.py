"""`python -m challenges`: runs on any Python, to say so where it is too old."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the one file that an older Python gets to read
    sys.exit(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}.")

from challenges.cli import main

sys.exit(main(sys.argv[1:]))
