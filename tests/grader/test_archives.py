"""Archives by people who mean harm: nothing outside the target, nothing without bounds, one clear line."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import archives, intake
from grader.errors import InputError
from tests.grader.test_intake import FILES, lay_out, taken


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {**{n: t.encode() for n, t in FILES.items()}, **members}.items():
            packed.writestr(name, content)
    return path


def tarred(path: Path, change: Callable[[tarfile.TarFile], None]) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for name, text in FILES.items():
            add(packed, name, text.encode())
        change(packed)
    return path


def add(packed: tarfile.TarFile, name: str, content: bytes = b"", **about: object) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for key, value in about.items():
        setattr(member, key, value)
    packed.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py",
        "loans/../../evil.py",
        "/loans/evil.py",
        "loans\\..\\..\\evil.py",
        "loans/ev\nil.py",
        "loans/\u202egnp.py",
        "c:/loans/evil.py",
    ],
)
def test_odd_names_are_left_out(tmp_path: Path, name: str) -> None:
    assert taken(zipped(tmp_path / "jane.zip", {name: b"x"}), tmp_path) == set(FILES)
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize(
    "about",
    [
        {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"},
        {"type": tarfile.LNKTYPE, "linkname": "loans/models.py"},
        {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 5},
        {"type": tarfile.FIFOTYPE},
    ],
)
def test_links_and_devices_are_left_out(tmp_path: Path, about: dict[str, object]) -> None:
    archive = tarred(tmp_path / "jane.tar.gz", lambda packed: add(packed, "loans/odd.py", **about))
    assert taken(archive, tmp_path) == set(FILES)


def test_a_link_in_a_zip_is_left_out(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "jane.zip", {})
    with zipfile.ZipFile(archive, "a") as packed:
        link = zipfile.ZipInfo("loans/link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    assert taken(archive, tmp_path) == set(FILES)


@pytest.mark.parametrize("package", ["loans", "interview"])
def test_a_package_that_is_a_link_is_none(tmp_path: Path, package: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.py").touch()
    tree = lay_out(tmp_path / "tree")
    for path in sorted((tree / package).iterdir()):
        path.unlink()
    (tree / package).rmdir()
    (tree / package).symlink_to(elsewhere)
    with pytest.raises(InputError, match=f"has no {package}/"):
        intake.take(tree, tmp_path / "taken")


def test_names_that_differ_in_case_only(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="differ in case only"):
        intake.take(zipped(tmp_path / "jane.zip", {"loans/Models.py": b"x"}), tmp_path / "taken")


def test_a_name_that_comes_twice(tmp_path: Path) -> None:
    archive = tarred(tmp_path / "jane.tar.gz", lambda packed: add(packed, "loans/models.py", b"other"))
    with pytest.raises(InputError, match="same name"):
        intake.take(archive, tmp_path / "taken")


def test_a_bomb_beside_the_packages(tmp_path: Path) -> None:
    def bomb(packed: tarfile.TarFile) -> None:
        for number in range(11):
            add(packed, f"rubbish{number}", b"\0" * archives.MOST_BYTES)

    archive = tarred(tmp_path / "jane.tar.gz", bomb)
    assert archive.stat().st_size < archives.MOST_PACKED
    with pytest.raises(InputError, match="too large"):
        intake.take(archive, tmp_path / "taken")


def test_a_great_many_files_end_soon(tmp_path: Path) -> None:
    def many(packed: tarfile.TarFile) -> None:
        for number in range(archives.MOST_MEMBERS + 1):
            packed.addfile(tarfile.TarInfo(f"x{number}"))

    archive = tarred(tmp_path / "jane.tar.gz", many)
    began = time.process_time()
    with pytest.raises(InputError, match="too large"):
        intake.take(archive, tmp_path / "taken")
    assert time.process_time() - began < 10


def test_folders_in_folders_without_end(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too large"):
        intake.take(zipped(tmp_path / "x.zip", {f"loans/{'d/' * 400}x.py": b""}), tmp_path / "taken")


def test_a_file_where_a_folder_is_needed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be unpacked"):
        intake.take(zipped(tmp_path / "x.zip", {"loans/models.py/x.py": b""}), tmp_path / "taken")


def test_a_bundle_runs_nothing_and_is_bounded(tmp_path: Path) -> None:
    tree = lay_out(tmp_path / "tree", {".gitattributes": "*.py filter=evil\n"})
    (tree / "loans" / "big.py").write_bytes(b"\0" * (archives.MOST_BYTES + 1))
    identity = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x", "GIT_COMMITTER_NAME": "x"}
    environment = {**os.environ, **identity, "GIT_COMMITTER_EMAIL": "x@x"}
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=tree, check=True, env=environment)
    bundle = tmp_path / "jane.bundle"
    subprocess.run(["git", "bundle", "create", "-q", str(bundle), "main"], cwd=tree, check=True)
    with pytest.raises(InputError, match="too large"):
        intake.take(bundle, tmp_path / "taken")


def test_what_is_not_used_is_told(tmp_path: Path) -> None:
    extra = {"conftest.py": "x", "django/__init__.py": "", "loans/sitecustomize.py": "", "notes.txt": ""}
    for source in (lay_out(tmp_path / "tree", extra), zipped(tmp_path / "x.zip", dict.fromkeys(extra, b"x"))):
        brought = intake.take(source, tmp_path / f"taken-{source.name}")
        assert set(extra) <= set(brought.others)


def test_what_the_kit_itself_has_is_not_told(tmp_path: Path) -> None:
    kits = (intake.CHECKOUT / "conftest.py").read_text()
    assert intake.take(lay_out(tmp_path / "tree", {"conftest.py": kits}), tmp_path / "x").others == [
        *sorted(FILES, key=lambda name: name.startswith("loans"))
    ]
