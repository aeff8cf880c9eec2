"""What holds for all of the kit's own tests."""

from __future__ import annotations

import signal

# A shell starts what runs in its background with Ctrl-C ignored; what is started here would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
