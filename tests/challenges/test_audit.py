"""The audit: the files are as they must be here, and what is wrong with others is said."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from challenges.audit import files, proof
from challenges.audit.cases import SOLUTIONS, Case
from challenges.audit.proof import Proof, Tally
from challenges.catalogue import HERE
from challenges.commands import audit

SLUG = "b_double_tasks/near_misses/atomic-only"


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The challenges and solutions, to be broken."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for challenge in HERE.glob("*/challenge.toml"):
        shutil.copytree(challenge.parent, tmp_path / "challenges" / challenge.parent.name, ignore=ignored)
    shutil.copytree(SOLUTIONS, tmp_path / "solutions", ignore=ignored)
    return tmp_path


def found(kit: Path) -> list[str]:
    return list(files.problems(kit / "challenges", kit / "solutions"))


def test_the_files_of_this_kit_are_in_order() -> None:
    assert list(files.problems()) == []


def write(path: str, text: str) -> Callable[[Path], object]:
    def change(kit: Path) -> None:
        (kit / path).parent.mkdir(parents=True, exist_ok=True)
        with (kit / path).open("a") as file:
            file.write(text)

    return change


def remove(path: str) -> Callable[[Path], object]:
    return lambda kit: (kit / path).unlink() if (kit / path).is_file() else shutil.rmtree(kit / path)


def replace(path: str, old: str, new: str) -> Callable[[Path], object]:
    return lambda kit: (kit / path).write_text((kit / path).read_text().replace(old, new))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (remove("challenges/b_double_tasks/hints.md"), "b_double_tasks lacks hints.md"),
        (
            write("challenges/b_double_tasks/notes.md", ""),
            "b_double_tasks holds notes.md, which nothing uses",
        ),
        (
            write("challenges/b_double_tasks/brief.md", "It is a race."),
            "the brief of b_double_tasks gives the cause away: 'race'",
        ),
        (
            write("challenges/a_slow_list/brief.md", "N+1!"),
            "the brief of a_slow_list gives the cause away: 'n+1'",
        ),
        (remove("solutions/b_double_tasks"), "solutions/b_double_tasks is missing"),
        (remove("solutions/b_double_tasks/why.md"), "solutions/b_double_tasks lacks why.md"),
        (write("solutions/f_more/why.md", ""), "f_more in solutions/ mirrors no challenge"),
        (remove(f"solutions/{SLUG}/case.toml"), f"{SLUG} has no case.toml"),
        (write(f"solutions/{SLUG}/notes.md", ""), f"{SLUG} holds notes.md, beside loans/ and interview/"),
        (replace(f"solutions/{SLUG}/case.toml", "reason", "raison"), f"{SLUG} states no reason"),
        (
            replace(f"solutions/{SLUG}/case.toml", '"fail"', '"bad"'),
            f"{SLUG} states no verdict of fail, pass, distinction",
        ),
        (
            replace(f"solutions/{SLUG}/case.toml", "falls_short", "short"),
            f"{SLUG} falls short of distinction and does not say of what: falls_short",
        ),
    ],
)
def test_what_is_wrong_is_said(change: Callable[[Path], object], line: str, kit: Path) -> None:
    before = found(kit)
    change(kit)
    assert [one for one in found(kit) if one not in before][:1] == [line]


def test_the_static_part_alone(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = run("audit", "--no-grading")
    assert "problems" in out
    assert code == int("FAIL" in out)


def test_error_rates_are_counted_and_fail_the_audit(
    run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Case("b_double_tasks/alternatives/x", Path("x"), None, {"b": "distinction"})
    wrong = Case("b_double_tasks/near_misses/y", Path("y"), None, {"b": "fail"})
    made = {
        right.name: Proof(right, "refused", {"b": "fail"}, []),
        wrong.name: Proof(wrong, "", {"b": "fail"}, []),
    }
    monkeypatch.setattr(audit, "cases", lambda: iter([right, wrong]))
    monkeypatch.setattr(proof, "prove", lambda case: made[case.name])
    monkeypatch.setattr(files, "problems", lambda: iter(()))
    code, out, _ = run("audit", "--task", "b")
    assert code == 1
    assert "FAIL b_double_tasks/alternatives/x: refused" in out
    assert "graded 2: 1 right fixes refused or marked down, 0 wrong ones accepted" in out
    assert "\x1b" not in out


def test_a_tally_tells_three_kinds_of_error_apart() -> None:
    case = Case("x", None, None, {"b": "fail"})
    tally = Tally()
    tally.count(Proof(case, "accepted", {"b": "pass"}, []))
    tally.count(Proof(case, "by another check", {"b": "fail"}, []))
    assert (tally.refused, tally.accepted, tally.differing, tally.bad) == (0, 1, 1, 2)
