"""The static part of the audit notices each fault, and says in one line where it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from challenges.audit.static import faults
from tests.challenges.audit.conftest import FACTS, FIX, MIXED, NEAR_MISS, RIGHT, put

CHALLENGE = "challenges/f_odd_totals"
SOLUTIONS = "solutions/f_odd_totals"
ALTERNATIVE = f"{SOLUTIONS}/alternatives/right-0/case.toml"
MISS = f"{SOLUTIONS}/near_misses/wrong-0/case.toml"
MIX = "solutions/mixes/both/case.toml"


def test_a_kit_as_it_should_be_has_no_faults(kit: Path) -> None:
    assert faults(kit) == []


def test_what_python_leaves_behind_is_no_fault(kit: Path) -> None:
    put(kit / CHALLENGE / "__pycache__" / "bug.pyc", "")
    assert faults(kit) == []


@pytest.mark.parametrize(
    ("removed", "said"),
    [
        (f"{CHALLENGE}/interviewer.md", f"{CHALLENGE}/interviewer.md is missing"),
        (f"{CHALLENGE}/challenge.toml", f"{CHALLENGE}/challenge.toml is missing"),
        (CHALLENGE, f"{CHALLENGE}/ is missing: each task folder in solutions/ mirrors one"),
        (SOLUTIONS, f"{SOLUTIONS}/ is missing: each challenge has its solutions"),
        (f"{SOLUTIONS}/why.md", f"{SOLUTIONS}/why.md is missing"),
        (f"{SOLUTIONS}/alternatives/right-0", "alternatives/ holds 5 cases; at least 6"),
        (f"{SOLUTIONS}/near_misses/wrong-0", "near_misses/ holds 7 cases; at least 8"),
        (f"{SOLUTIONS}/near_misses/wrong-0/loans", "wrong-0 changes nothing"),
        (MISS, f"{MISS} is missing"),
        ("challenges/interview-guide.md", "challenges/interview-guide.md is missing"),
        ("grader/checks/test_f_odd_totals.py", "nothing would grade f_odd_totals"),
    ],
)
def test_what_is_missing_is_named(kit: Path, removed: str, said: str) -> None:
    gone = kit / removed
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    assert len(faults(kit)) == 1 and said in faults(kit)[0]


def test_a_file_that_does_not_differ_is_named(kit: Path) -> None:
    put(kit / f"{SOLUTIONS}/near_misses/wrong-0" / "interview" / "settings.py", "")
    assert len(faults(kit)) == 1 and "is in the buggy app just so" in faults(kit)[0]


@pytest.mark.parametrize(
    "added",
    [
        f"{CHALLENGE}/notes.md",
        f"{SOLUTIONS}/notes.md",
        f"{SOLUTIONS}/near_misses/wrong-0/notes.md",
        "solutions/notes.md",
    ],
)
def test_what_is_unknown_is_named(kit: Path, added: str) -> None:
    put(kit / added, "")
    assert faults(kit) == [f"{added} is unknown there."]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (MISS, NEAR_MISS.replace('reason = "Why."', ""), "lacks reason"),
        (MISS, NEAR_MISS.replace("Why.", " "), "must give reason as one line"),
        (MISS, NEAR_MISS.replace('falls_short = "What."', ""), "lacks falls_short"),
        (MISS, NEAR_MISS.partition("fails")[0], "python -m tests.prove --record wrong-0"),
        (MISS, NEAR_MISS.replace("f.totals", "a.totals"), "names 'a.totals', which is no check of f"),
        (MISS, NEAR_MISS.replace('"fail"', '"failed"'), "the verdict 'failed'; it is one of fail, pass"),
        (MISS, NEAR_MISS + "note = 1\n", "the unknown key 'note'"),
        (MISS, NEAR_MISS + 'wavers = ["f.x"]\n', "has 'f.x' among its wavers, and not among what fails"),
        (MISS, "reason = ", "is no TOML"),
        (MISS, 'reason = "Why."\nverdict = "distinction"\n', "which none of near_misses/ has"),
        (ALTERNATIVE, NEAR_MISS, "which none of alternatives/ has"),
        (ALTERNATIVE, RIGHT.replace("[]", '["f.x"]'), "states a distinction"),
        (MIX, 'reason = "Why."\n', "has verdicts of nothing; a mix states some of f, g"),
        (MIX, MIXED.replace("g =", "z ="), "has verdicts of f, z; a mix states some of f, g"),
    ],
)
def test_what_a_case_states_is_whole(kit: Path, file: str, text: str, said: str) -> None:
    (kit / file).write_text(text)
    assert any(file in fault and said in fault for fault in faults(kit)), faults(kit)


def test_a_mix_says_where_it_falls_short(kit: Path) -> None:
    stated = MIXED.replace("[]", '["f.x"]').replace('f = "distinction"', 'f = "pass"')
    stated += '[falls_short]\n{} = "What."\n'
    (kit / MIX).write_text(stated.format("f"))
    assert faults(kit) == []
    (kit / MIX).write_text(stated.format("z"))
    assert faults(kit) == [f"{MIX} has falls_short of z, and falls short in f."]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("brief.md", "It is a Race\ncondition.", "brief.md names the cause: 'race condition'"),
        ("brief.md", "Is it a race-condition?", "brief.md names the cause: 'race condition'"),
        ("brief.md", f"Write\n\n    {FIX}", "brief.md shows the fix: tasks ="),
        ("hints.md", "## One\n## Two\n## Three\n", "has 3 rungs (## …); at least 4"),
        ("hints.md", f"## 1\n## 2\n## 3\n## 4\n{FIX}", "hints.md shows the fix: tasks ="),
        ("challenge.toml", FACTS.replace("30", "0"), "must say in minutes"),
        ("challenge.toml", FACTS.replace('["race condition", "lock"]', "[]"), "has an empty gives_away"),
        ("challenge.toml", FACTS.replace("Odd totals", "A lock"), "names the cause: 'lock' in title"),
        ("challenge.toml", FACTS + 'beside = ["h_gone"]\n', "has 'h_gone' in beside, which is no challenge"),
        ("challenge.toml", FACTS.partition("gives_away")[0], "lacks gives_away"),
    ],
)
def test_texts_keep_the_answer_to_themselves(kit: Path, name: str, text: str, said: str) -> None:
    (kit / CHALLENGE / name).write_text(text)
    assert len(faults(kit)) == 1 and said in faults(kit)[0]


def test_only_the_task_that_is_asked_for_is_looked_at(kit: Path) -> None:
    (kit / CHALLENGE / "brief.md").unlink()
    assert len(faults(kit, only=["f"])) == 1
    (kit / MIX).unlink()
    assert len(faults(kit, only=["f"])) == 1 and len(faults(kit)) == 2
