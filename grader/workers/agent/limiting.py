"""The limits that the kernel holds a worker's process to; what they allow is `grader/workers/limits.py`."""

from __future__ import annotations

import contextlib
import resource

MIB = 2**20
ADDRESSES = 1024 * MIB  # that may be taken and not used: libraries, and what malloc keeps for threads


def limit_resources(limits: dict[str, float]) -> None:
    """Set them, for this process and all that it starts; nobody but root can raise them again."""
    memory = int(limits["memory"] * MIB)
    wanted = {
        "RLIMIT_DATA": memory,
        "RLIMIT_AS": memory + ADDRESSES,
        "RLIMIT_CPU": int(limits["cpu"]),
        "RLIMIT_NPROC": int(limits["processes"]),
        "RLIMIT_NOFILE": int(limits["files"]),
        "RLIMIT_FSIZE": int(limits["disk"] * MIB),
        "RLIMIT_CORE": 0,
    }
    for name, most in wanted.items():
        with contextlib.suppress(ValueError, OSError, AttributeError):
            kind = getattr(resource, name)
            allowed = resource.getrlimit(kind)[1]
            if allowed != resource.RLIM_INFINITY:
                most = min(most, allowed)
            resource.setrlimit(kind, (most, most + 1 if name == "RLIMIT_CPU" else most))
