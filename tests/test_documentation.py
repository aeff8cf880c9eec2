"""What users can type is in the README, and what the README names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from challenges.cli import command_names, parser_of
from grader import conftest
from grader.cohort import options
from grader.reports.reading.edition import EDITIONS
from grader.reports.reading.formats import formats

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


@pytest.mark.parametrize("command", command_names())
def test_every_command_of_the_kit_is_in_the_readme_with_its_options(command: str) -> None:
    typed = f"python -m challenges {command}"
    assert typed in README
    section = next(part for part in re.split(r"^## ", README, flags=re.MULTILINE) if typed in part)
    names = [action.option_strings[-1] for action in parser_of(command)._actions if action.option_strings]
    assert [name for name in names if name != "--help" and f"`{name}" not in section] == []


def test_no_option_that_is_gone_is_left_in_the_readme() -> None:
    parts = re.split(r"^## ", README, flags=re.MULTILINE)
    sections = [part for part in parts if "python -m challenges " in part]
    known = {"--help", "--submission", "--task"}  # … of `pytest grader`, beside them
    for command in command_names():
        known |= {name for action in parser_of(command)._actions for name in action.option_strings}
    assert sections
    assert sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", "".join(sections))) - known) == []


def test_every_option_of_the_cohort_is_in_the_readme() -> None:
    section = README.partition("## Reports and cohorts")[2].partition("\n## ")[0]
    for parser in (options.grading(), options.reporting()):
        names = [action.option_strings[-1] for action in parser._actions if action.option_strings]
        assert len(names) > 3
        assert [name for name in names if name != "--help" and name not in section] == []
    assert [word for word in (*formats(), *EDITIONS) if word not in section] == []


def test_every_module_that_is_run_by_hand_is_in_the_readme() -> None:
    runnable = {
        ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
        for folder in ("grader", "tests")
        for path in (CHECKOUT / folder).rglob("*.py")
        if not {"attacks", "broken"} & set(path.parts)  # strangers' code, and broken on purpose
        and re.search(r'^    python3? -m |^    +"?python -m ', path.read_text(), re.MULTILINE)
    }
    assert runnable
    typed = [f"python -m {name.removesuffix('.__main__')}" for name in sorted(runnable)]
    typed = [name.replace("python -m grader.setup", "python3 -m grader.setup") for name in typed]
    assert [name for name in typed if name not in README] == []


def test_the_files_and_folders_that_the_documents_name_exist() -> None:
    for document in ("README.md", "CONTRIBUTING.md"):
        for name in re.findall(r"`([\w./-]+/)`", (CHECKOUT / document).read_text()):
            if not name.startswith("/"):
                assert (CHECKOUT / name).exists() or list(CHECKOUT.glob(f"*/{name}")), name
