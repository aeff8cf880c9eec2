"""Each submission has a name that no other has and that can be a folder's."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cohort.submissions import submissions
from grader.errors import InputError


def make(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
    return [folder / name for name in names]


def names(paths: list[Path]) -> list[str]:
    return [one.name for one in submissions(paths)]


def test_archives_are_called_without_their_ending(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.zip", "b.tar.gz", "c.v2.bundle", ".zip")]
    for file in files:
        file.touch()
    assert names(files) == ["a", "b", "c.v2", "zip"]


def test_no_two_have_one_name_also_where_case_does_not_count(tmp_path: Path) -> None:
    paths = make(tmp_path, "x/app", "y/app", "y/App", "z/app")
    assert names([*paths, paths[0]]) == ["app", "y-app", "App-2", "z-app"]


def test_no_name_leaves_the_runs_folder(tmp_path: Path) -> None:
    odd = make(tmp_path, "..x..", "a b;c", "\u202egnp", "-rf")
    for name in names(odd):
        assert not name.startswith((".", "-")) and "/" not in name and " " not in name


def test_a_path_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"There is no .*/nobody: give folders, .zip, .tar.gz or git bundles"
    ):
        submissions([tmp_path / "nobody"])
