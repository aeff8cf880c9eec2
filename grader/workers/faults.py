"""What a worker can fail with: it is lost, or the submission's own code raised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from grader.workers import wording
from grader.workers.limits import Limits


class WorkerLost(Exception):
    """The worker died, hung or spoke nonsense. The text says which."""


@dataclass(eq=False)
class SubmissionError(Exception):
    """The submission's own code raised where it should not: type, text and its frames."""

    type: str
    message: str
    frames: list[dict[str, Any]] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)

    def __str__(self) -> str:
        last = self.frames[-1] if self.frames else {}
        place = f" ({last.get('file')}, line {last.get('line')})" if last else ""
        return f"{wording.worded(self.type, self.message, self.limits)}{place}"

    @classmethod
    def of(cls, said: dict[str, Any], limits: Limits | None = None) -> SubmissionError:
        """From what a worker said, of which nothing is trusted to be of any form."""
        frames = said.get("frames")
        kept = [frame for frame in frames if isinstance(frame, dict)] if isinstance(frames, list) else []
        return cls(str(said.get("type")), str(said.get("message")), kept, limits or Limits())
