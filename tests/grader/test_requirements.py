"""What a submission requires beside the kit's own: named, and installed from wheels where asked for."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from grader import requirements
from grader.errors import InputError
from tests.grader.test_command import CHECKOUT, scorecard

TEXT = """
# a comment
Django==5.2.19
our-made-up-package>=1.0 ; python_version > "3"  # why
Other_Made.Up[extra]
-e git+https://example.org/x.git#egg=evil
evil @ https://example.org/evil.zip
../evil
"""


def wheel(folder: Path, name: str, version: str = "1.0") -> None:
    """A wheel with one module."""
    folder.mkdir(exist_ok=True)
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as packed:
        packed.writestr(f"{name}.py", "ANSWER = 42\n")
        packed.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        packed.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{about}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes packages from, and from nowhere else."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    return tmp_path / "index"


def test_plain_requirements_only() -> None:
    assert list(requirements.names(TEXT)) == ["django", "our-made-up-package", "other-made-up"]
    assert requirements.absent(TEXT) == ["our-made-up-package", "other-made-up"]


def test_what_is_missing_is_installed_once(index: Path, tmp_path: Path) -> None:
    wheel(index, "our_made_up_package")
    made = requirements.install("our-made-up-package\nDjango==1.0\n", tmp_path / "cache")
    assert made is not None
    assert (made / "our_made_up_package.py").exists()
    assert not (made / "django").exists()
    (index / "our_made_up_package-1.0-py3-none-any.whl").unlink()
    assert requirements.install("our-made-up-package\nDjango==1.0\n", tmp_path / "cache") == made


def test_nothing_to_install(tmp_path: Path) -> None:
    assert requirements.install("Django==5.2.19\n", tmp_path / "cache") is None


def test_what_is_nowhere_gets_one_line(index: Path, tmp_path: Path) -> None:
    index.mkdir()
    with pytest.raises(InputError, match=r"our-made-up-package of requirements\.txt can't be installed"):
        requirements.install("our-made-up-package", tmp_path / "cache")


def test_no_package_is_built(index: Path, tmp_path: Path) -> None:
    index.mkdir()
    with zipfile.ZipFile(index / "our_made_up_package-1.0.zip", "w") as packed:
        packed.writestr("our_made_up_package-1.0/setup.py", f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(InputError):
        requirements.install("our-made-up-package", tmp_path / "cache")
    assert not (tmp_path / "ran").exists()


def test_a_submission_is_graded_with_what_it_requires(index: Path, tmp_path: Path) -> None:
    wheel(index, "our_made_up_package")
    tree = Path(shutil.copytree(CHECKOUT / "solutions" / "reference", tmp_path / "jane"))
    (tree / "requirements.txt").write_text("our-made-up-package\n")
    with (tree / "loans" / "views.py").open("a") as views:
        views.write("\nimport our_made_up_package\n")
    code, card, shown = scorecard(tree, "--task", "c")
    assert code == 1
    assert "our_made_up_package is not installed" in card["tasks"]["c"]["checks"][0]["observed"]
    assert "--install-requirements" in shown
    code, card, _ = scorecard(tree, "--task", "c", "--install-requirements")
    assert code == 0
    assert card["tasks"]["c"]["verdict"] == "distinction"
