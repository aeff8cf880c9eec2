"""From what is handed in to the two packages, or to one clear line."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader import intake
from grader.errors import InputError

FILES = {"loans/models.py": "x = 1\n", "interview/settings.py": "y = 2\n"}


def lay_out(folder: Path, extra: dict[str, str] | None = None) -> Path:
    for name, text in {**FILES, **(extra or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def taken(source: Path, tmp_path: Path) -> set[str]:
    target = tmp_path / "taken"
    intake.take(source, target)
    return {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}


def test_a_folder_gives_its_two_packages_and_nothing_else(tmp_path: Path) -> None:
    extra = {"conftest.py": "", "loans/__pycache__/x.pyc": "", "rest_framework/__init__.py": ""}
    tree = lay_out(tmp_path / "tree", extra)
    (tree / "loans" / "link.py").symlink_to("/etc/passwd")
    assert taken(tree, tmp_path) == set(FILES)


def test_the_one_folder_that_the_root_holds_is_looked_into(tmp_path: Path) -> None:
    lay_out(tmp_path / "tree" / "jane")
    assert taken(tmp_path / "tree", tmp_path) == set(FILES)


def test_a_zip(tmp_path: Path) -> None:
    archive = tmp_path / "jane.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name, text in FILES.items():
            packed.writestr(f"jane/{name}", text)
        packed.writestr("jane/loans/../../evil.py", "")
        packed.writestr("/loans/evil.py", "")
    assert taken(archive, tmp_path) == set(FILES)
    assert not (tmp_path / "evil.py").exists()


def test_a_tarball(tmp_path: Path) -> None:
    archive = tmp_path / "jane.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        for name, text in FILES.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("loans/link.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(link)
    assert taken(archive, tmp_path) == set(FILES)


@pytest.mark.parametrize("what", ["HEAD", "work"])
def test_a_git_bundle(tmp_path: Path, what: str) -> None:
    tree = lay_out(tmp_path / "tree")
    identity = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x", "GIT_COMMITTER_NAME": "x"}
    environment = {**os.environ, **identity, "GIT_COMMITTER_EMAIL": "x@x"}
    for command in (["init", "-q", "-b", "work"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=tree, check=True, env=environment)
    bundle = tmp_path / "jane.bundle"
    subprocess.run(["git", "bundle", "create", "-q", str(bundle), what], cwd=tree, check=True)
    assert taken(bundle, tmp_path) == set(FILES)


def test_no_such_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no .*nowhere"):
        intake.take(tmp_path / "nowhere", tmp_path / "taken")


def test_a_file_that_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InputError, match=r"is no folder, .zip, .tar.gz or git bundle"):
        intake.take(tmp_path / "notes.txt", tmp_path / "taken")


def test_a_broken_archive(tmp_path: Path) -> None:
    (tmp_path / "x.bundle").write_text(f"# v2 git bundle\n{'1' * 40} refs/heads/main\n\nPACK")
    with pytest.raises(InputError, match=r"can't be cloned"):
        intake.take(tmp_path / "x.bundle", tmp_path / "taken")


@pytest.mark.parametrize("folders", [[], ["loans"]])
def test_a_folder_without_the_app(tmp_path: Path, folders: list[str]) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in folders:
        (tree / name).mkdir()
    with pytest.raises(InputError, match=r"has no .*interview/"):
        intake.take(tree, tmp_path / "taken")


def test_a_bomb(tmp_path: Path) -> None:
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("loans/big.py", b"\0" * (intake.MOST_BYTES + 1))
    with pytest.raises(InputError, match="too large"):
        intake.take(archive, tmp_path / "taken")


def test_too_many_files(tmp_path: Path) -> None:
    tree = lay_out(tmp_path / "tree")
    for number in range(intake.MOST_FILES + 1):
        (tree / "loans" / f"m{number}.py").touch()
    with pytest.raises(InputError, match="too large"):
        intake.take(tree, tmp_path / "taken")
