"""A small kit with two challenges in which everything is as it should be, to be broken."""

from __future__ import annotations

from pathlib import Path

import pytest

BUGGY = "tasks = TaskExecution.objects.all()\n"
WRONG = "tasks = TaskExecution.objects.filter(id=loan)\n"
FIX = "tasks = TaskExecution.objects.filter(loan=loan)\n"
FACTS = """title = "Odd totals"
story = "The totals look odd."
level = "mid"
minutes = 30
outcomes = ["Real-world debugging mindset"]
gives_away = ["race condition", "lock"]
"""
RIGHT = 'reason = "Why."\nverdict = "distinction"\nfails = []\n'
MIXED = 'reason = "Why."\nfails = []\n[verdicts]\nf = "distinction"\ng = "distinction"\n'
NEAR_MISS = 'reason = "Why."\nverdict = "fail"\nfalls_short = "What."\nfails = ["f.totals"]\n'


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def put_challenge(root: Path, name: str) -> None:
    """A challenge with all that belongs to it, at the checkout `root`."""
    challenge, solutions = root / "challenges" / name, root / "solutions" / name
    put(challenge / "challenge.toml", FACTS)
    put(challenge / "brief.md", "The totals of some customers look odd. Clocks and blocks are fine.\n")
    put(challenge / "hints.md", "".join(f"## Rung {n}\n\nLook.\n\n" for n in range(4)))
    for file in ("interviewer.md", "bug.py", "test_visible.py"):
        put(challenge / file, "")
    put(root / "grader" / "checks" / f"test_{name}.py", "")
    put(solutions / "why.md", "")
    for n in range(6):
        put(solutions / "alternatives" / f"right-{n}" / "case.toml", RIGHT)
        put(solutions / "alternatives" / f"right-{n}" / "loans" / "views.py", FIX)
    for n in range(8):
        put(solutions / "near_misses" / f"wrong-{n}" / "case.toml", NEAR_MISS.replace("f.", f"{name[0]}."))
        put(solutions / "near_misses" / f"wrong-{n}" / "loans" / "views.py", WRONG)


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The checkout of a kit with the challenges f_odd_totals and g_odd_days, and a mix of both."""
    for name in ("f_odd_totals", "g_odd_days"):
        put_challenge(tmp_path, name)
    put(tmp_path / "challenges" / "interview-guide.md", "")
    put(tmp_path / "loans" / "views.py", BUGGY)
    put(tmp_path / "interview" / "settings.py", "")
    put(tmp_path / "solutions" / "reference" / "loans" / "views.py", FIX)
    put(tmp_path / "solutions" / "mixes" / "both" / "case.toml", MIXED)
    put(tmp_path / "solutions" / "mixes" / "both" / "loans" / "views.py", FIX)
    return tmp_path
