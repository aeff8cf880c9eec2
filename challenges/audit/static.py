"""All faults that can be seen without grading anything."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from challenges.audit.folders import case_folders, folder_faults, overlay_faults, task_folders
from challenges.audit.statements import statement_faults
from challenges.audit.texts import text_faults
from challenges.catalogue import CHECKOUT


def faults(root: Path = CHECKOUT, only: Collection[str] = ()) -> list[str]:
    """One line for each fault of the checkout `root`; `only` are letters of tasks, and none means all.

    Mixes belong to no task alone: they are looked at where all is.
    """
    tasks = [task for task in task_folders(root) if not only or task[0] in only]
    found = [*folder_faults(root, tasks), *text_faults(root, tasks)]
    known = sorted(task[0] for task in task_folders(root))
    for case in case_folders(root, tasks, mixes=not only):
        found += overlay_faults(case, root)
        found += statement_faults(case, root, known)
    return found
