"""A small kit with one challenge in which everything is as it should be, to be broken."""

from __future__ import annotations

from pathlib import Path

import pytest

BUGGY = "tasks = TaskExecution.objects.all()\n"
FIX = "tasks = TaskExecution.objects.filter(loan=loan)\n"
FACTS = """title = "Odd totals"
story = "The totals look odd."
level = "mid"
minutes = 30
outcomes = ["Real-world debugging mindset"]
gives_away = ["race condition", "lock"]
"""
NEAR_MISS = 'reason = "Why."\nverdict = "fail"\nfalls_short = "What."\nfails = ["f.totals"]\n'


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The checkout of a kit with the challenge f_odd_totals."""
    challenge, solutions = tmp_path / "challenges" / "f_odd_totals", tmp_path / "solutions"
    put(challenge / "challenge.toml", FACTS)
    put(challenge / "brief.md", "The totals of some customers look odd. Clocks and blocks are fine.\n")
    put(challenge / "hints.md", "".join(f"## Rung {n}\n\nLook.\n\n" for n in range(4)))
    for name in ("interviewer.md", "bug.py", "test_visible.py"):
        put(challenge / name, "")
    put(tmp_path / "challenges" / "interview-guide.md", "")
    put(tmp_path / "grader" / "checks" / "test_f_odd_totals.py", "")
    put(tmp_path / "loans" / "views.py", BUGGY)
    put(tmp_path / "interview" / "settings.py", "")
    put(solutions / "reference" / "loans" / "views.py", FIX)
    put(solutions / "f_odd_totals" / "why.md", "")
    for n in range(6):
        case = solutions / "f_odd_totals" / "alternatives" / f"right-{n}"
        put(case / "case.toml", 'reason = "Why."\nverdict = "distinction"\nfails = []\n')
        put(case / "loans" / "views.py", FIX)
    for n in range(8):
        case = solutions / "f_odd_totals" / "near_misses" / f"wrong-{n}"
        put(case / "case.toml", NEAR_MISS)
        put(case / "loans" / "views.py", BUGGY)
    mix = solutions / "mixes" / "both"
    put(mix / "case.toml", 'reason = "Why."\nfails = []\n[verdicts]\nf = "distinction"\n')
    put(mix / "loans" / "views.py", FIX)
    return tmp_path
