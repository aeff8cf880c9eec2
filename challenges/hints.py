"""The rungs of a `hints.md`: each `## ` section is one."""

from __future__ import annotations

import re


def rungs(text: str) -> list[str]:
    """The hints, from the vaguest on; what stands above the first section is for authors."""
    return [part.strip() for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]]
