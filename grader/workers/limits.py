"""What a submission may use: of time, memory, processes and room. `--limit NAME=NUMBER` changes one.

The kernel holds each process to them (`agent/limiting.py` sets them before any code of the submission is
there), `grader/watching.py` all processes of a worker together, and the trusted process the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace


@dataclass(frozen=True)
class Limits:
    """MiB, seconds or counts; of one worker where nothing else is said."""

    call: float = 20  # seconds that one call may take
    start: float = 30  # seconds to load the submission; twice that to migrate
    run: float = 900  # seconds for all of it
    cpu: float = 300  # seconds of processor time of one process
    memory: float = 1024  # MiB of all its processes together
    processes: float = 64  # processes and threads
    files: float = 256  # open files of one process
    disk: float = 64  # MiB in each folder that it may write to
    output: float = 8  # MiB that it prints
    database: float = 1024  # MiB of the whole embedded server, which are 100 to begin with

    def changed(self, texts: Iterable[str]) -> Limits:
        """With the limits that texts like "call=3" give. Raises ValueError with one line."""
        found = self
        for text in texts:
            name, _, number = text.partition("=")
            if name not in LIMITS:
                raise ValueError(f"there is no limit {name!r}; there are {', '.join(LIMITS)}")
            try:
                value = float(number)
            except ValueError:
                value = 0
            if not 0 < value < 10**6:
                raise ValueError(f"{name} must be a number above 0, as in {name}={getattr(self, name):.0f}")
            found = replace(found, **{name: value})
        return found

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


MIB = 2**20
LIMITS = tuple(field.name for field in fields(Limits))
