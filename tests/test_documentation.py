"""What users can type is in the README, and what the README names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader import conftest

CHECKOUT = Path(__file__).resolve().parent.parent
README = (CHECKOUT / "README.md").read_text()


class Options:
    """Takes the place of pytest's parser, and notes the options' names."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def getgroup(self, name: str) -> Options:
        return self

    def addoption(self, name: str, **_: object) -> None:
        self.names.append(name)


def test_every_option_of_the_grader_is_in_the_readme(pytestconfig: pytest.Config) -> None:
    options = Options()
    conftest.add_options(options)  # type: ignore[arg-type]
    assert options.names
    assert [name for name in options.names if name not in README] == []


def test_every_module_that_is_run_by_hand_is_in_the_readme() -> None:
    runnable = {
        ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
        for folder in ("grader", "tests")
        for path in (CHECKOUT / folder).rglob("*.py")
        if not {"attacks", "broken"} & set(path.parts)  # strangers' code, and broken on purpose
        and re.search(r'^    python3? -m |^    +"?python -m ', path.read_text(), re.MULTILINE)
    }
    assert runnable
    assert [name for name in sorted(runnable) if name not in README] == []


def test_the_files_and_folders_that_the_documents_name_exist() -> None:
    for document in ("README.md", "CONTRIBUTING.md"):
        for name in re.findall(r"`([\w./-]+/)`", (CHECKOUT / document).read_text()):
            if not name.startswith("/"):
                assert (CHECKOUT / name).exists() or list(CHECKOUT.glob(f"*/{name}")), name
