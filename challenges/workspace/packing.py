"""Packs a workspace's committed work as a zip that the grader takes, with how it was made."""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from challenges.git import git
from challenges.workspace.state import PACKAGES

FACTS = "submission.json"


def pack(folder: Path, target: Path, facts: Mapping[str, Any]) -> None:
    """Write the zip whole, or not at all."""
    packed = io.BytesIO(git("archive", "--format=zip", "HEAD", "--", *PACKAGES, at=folder))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(FACTS, json.dumps(facts, indent=2) + "\n")
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(packed.getvalue())
        Path(temporary).chmod(0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def free_name(folder: Path) -> Path:
    """A name beside the workspace that nothing has yet."""
    names = (
        folder.with_name(f"{folder.name}{part}.zip") for part in ("", *(f"-{n}" for n in range(2, 1000)))
    )
    return next(name for name in names if not name.exists())
