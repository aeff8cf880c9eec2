"""What a submission changed is told from its text, whatever that text is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.cohort.changes import changes, digest, pieces, tags
from grader.cohort.compare import ALIKE
from grader.intake import PACKAGES
from grader.rig import CHECKOUT

REFERENCE = CHECKOUT / "solutions" / "reference"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the app that is handed out."""
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, tmp_path / package)
    return tmp_path


def test_the_app_as_handed_out_changed_nothing(tree: Path) -> None:
    found = changes(tree)
    assert (found["diff"], found["files"], found["tags"], found["pieces"]) == ("", [], [], [])


def test_a_change_is_shown_with_its_lines(tree: Path) -> None:
    views = tree / "loans" / "views.py"
    views.write_text(views.read_text() + "\nextra = 1\n")
    (tree / "loans" / "more.py").write_text("x = 1\n")
    (tree / "loans" / "picture.png").write_bytes(b"\0\1")
    found = changes(tree)
    assert found["files"] == ["loans/more.py", "loans/picture.png", "loans/views.py"]
    assert "+extra = 1" in found["diff"] and "+(2 bytes)" in found["diff"]
    assert found["added"] == 4 and found["removed"] == 0


def test_the_digest_is_of_names_and_contents(tree: Path) -> None:
    first = digest(tree)
    (tree / "notes.txt").write_text("not graded")
    (tree / "loans" / "__pycache__").mkdir(exist_ok=True)
    (tree / "loans" / "__pycache__" / "x.pyc").write_bytes(b"1")
    assert digest(tree) == first
    (tree / "loans" / "urls.py").rename(tree / "loans" / "url.py")
    assert digest(tree) != first


def test_the_reference_is_told_by_its_tags() -> None:
    found = changes(REFERENCE)
    assert {"select_for_update", "a transaction", "a throttle", "pagination"} <= set(found["tags"])
    assert found["pieces"]


def test_comments_tell_nothing_and_sql_in_strings_does() -> None:
    old = {"loans/views.py": "x = 1\n"}
    assert tags(old, {"loans/views.py": "x = 1  # select_for_update()\n"}) == []
    new = {"loans/views.py": "c.execute('SELECT pg_advisory_xact_lock(1)')\nS = {'ATOMIC_REQUESTS': True}\n"}
    assert tags(old, new) == ["a transaction", "an advisory lock", "raw SQL"]


@pytest.mark.parametrize("text", ["def (", "x = " + "(" * 5_000, "\0", "é" * 10])
def test_what_is_no_python_has_no_tags(text: str) -> None:
    assert tags({}, {"loans/views.py": text}) == []


def test_a_diff_without_end_is_cut(tree: Path) -> None:
    (tree / "loans" / "long.py").write_text("x = 1\n" * 60_000)
    assert changes(tree)["diff"].endswith("characters)")


def share(one: list[str], other: list[str]) -> float:
    return len({*one} & {*other}) / len({*one} | {*other})


def test_a_copy_with_other_names_is_alike_and_another_way_is_not() -> None:
    def added(name: str) -> list[str]:
        return (REFERENCE / "loans" / name).read_text().splitlines()

    old = {"loans/views.py": (CHECKOUT / "loans" / "views.py").read_text()}
    mine = pieces(added("views.py"), old)
    renamed = [line.replace("customer", "client").replace("loan_id", "number") for line in added("views.py")]
    assert share(mine, pieces([*renamed, "# mine"], old)) > ALIKE
    assert share(mine, pieces(added("models.py"), old)) < ALIKE / 2
