"""The ready files are well-formed, pinned, and type commands that exist; Gradescope's are run."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.cohort.options import grading
from grader.intake import PACKAGES
from grader.rig import CHECKOUT

FOLDER = CHECKOUT / "grader" / "integrations"
YAML = sorted(FOLDER.glob("*/*.yml"))
GITHUBS_OWN = "classroom-resources/"  # named by version, as GitHub Classroom writes them
SHELL = sorted(path for path in (FOLDER / "gradescope").iterdir() if path.is_file())


def texts(found: Any) -> list[str]:
    """Every text in a file's data."""
    if isinstance(found, dict):
        return [text for value in found.values() for text in texts(value)]
    if isinstance(found, list):
        return [text for value in found for text in texts(value)]
    return [found] if isinstance(found, str) else []


def commands(text: str) -> list[list[str]]:
    """The words after `-m grader` in each command."""
    lines = text.replace("\\\n", " ").splitlines()
    return [shlex.split(line.partition("-m grader ")[2]) for line in lines if "-m grader " in line]


@pytest.mark.parametrize("file", YAML, ids=lambda path: path.name)
def test_each_file_is_yaml_that_says_where_it_goes(file: Path) -> None:
    text = file.read_text()
    assert yaml.safe_load(text)
    assert "Copy " in text.partition("\n\n")[0] + text[:600]


@pytest.mark.parametrize("file", YAML, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit(file: Path) -> None:
    for used, comment in re.findall(r"uses: (\S+)(.*)", file.read_text()):
        if not used.startswith(GITHUBS_OWN):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", used) and re.search(r"# v\d", comment), used


@pytest.mark.parametrize("file", YAML, ids=lambda path: path.name)
def test_no_token_is_handed_to_a_submission(file: Path) -> None:
    found = yaml.safe_load(file.read_text())
    assert "pull_request_target" not in str(found.get(True, found.get("on", "")))
    for job in found.get("jobs", {}).values():
        for step in job["steps"]:
            if str(step.get("uses", "")).startswith("actions/checkout"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("file", [*YAML, *SHELL], ids=lambda path: path.name)
def test_what_is_typed_exists(file: Path) -> None:
    text = file.read_text()
    said = "\n".join(texts(yaml.safe_load(text))) if file in YAML else text
    found = commands(said)
    for words in found:
        plain = [word for word in words if not word.startswith("${")]
        assert grading().parse_args(plain).paths
    if file.name not in ("build", "setup.sh", "classroom.yml"):
        assert found
    for module in re.findall(r"-m (grader[\w.]*)", said):
        place = CHECKOUT.joinpath(*module.split("."))
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists()


def test_classroom_has_every_task() -> None:
    found = yaml.safe_load((FOLDER / "github_classroom" / "classroom.yml").read_text())
    steps = found["jobs"]["run-autograding-tests"]["steps"]
    graded = [step for step in steps if "command-grader" in step.get("uses", "")]
    assert [step["id"] for step in graded] == list("abcde")
    assert all(f"--task {step['id']} " in step["with"]["command"] for step in graded)
    assert sum(step["with"]["max-score"] for step in graded) == 100


@pytest.mark.parametrize("file", SHELL, ids=lambda path: path.name)
def test_scripts_are_well_formed(file: Path) -> None:
    assert os.access(file, os.X_OK)
    assert subprocess.run(["bash", "-n", str(file)], check=False).returncode == 0


def test_the_archive_has_the_kit_and_the_scripts(tmp_path: Path) -> None:
    file = tmp_path / "autograder.zip"
    said = subprocess.run(
        [FOLDER / "gradescope" / "build", str(file)], capture_output=True, text=True, check=False
    )
    assert said.stdout == f"{file}: upload it as the assignment's autograder, base image Ubuntu 22.04.\n"
    names = zipfile.ZipFile(file).namelist()
    assert {"setup.sh", "run_autograder", "grader/__main__.py", "requirements.txt"} <= set(names)


@pytest.fixture
def autograder(tmp_path: Path) -> Path:
    """Gradescope's folders, with this checkout as the source, and its environment as it is."""
    for name in ("source", "submission"):
        (tmp_path / name).mkdir()
    for name in ("grader", *PACKAGES, "solutions", "requirements.txt", "pyproject.toml"):
        (tmp_path / "source" / name).symlink_to(CHECKOUT / name)
    return tmp_path


def run_autograder(root: Path) -> dict[str, Any]:
    """Run it with a `python -m grader.setup` that does not make an environment first."""
    python = root / "bin" / "python3.11"
    python.parent.mkdir(exist_ok=True)
    python.write_text(
        f'#!/usr/bin/env bash\n[ "$2" = grader.setup ] && shift 3\nexec "{sys.executable}" "$@"\n'
    )
    python.chmod(0o755)
    environment = {
        **os.environ,
        "AUTOGRADER": str(root),
        "GRADER_TASKS": "c",
        "PATH": f"{python.parent}:{os.environ['PATH']}",
    }
    script = FOLDER / "gradescope" / "run_autograder"
    subprocess.run([script], env=environment, capture_output=True, check=False)
    found: dict[str, Any] = json.loads((root / "results" / "results.json").read_text())
    return found


def test_gradescope_gets_its_results(autograder: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, autograder / "submission" / package)
    found = run_autograder(autograder)
    assert found["output"].startswith("Overall: fail (C fail)")
    assert found["tests"] and found["score"] < 100


def test_gradescope_is_told_why_nothing_was_graded(autograder: Path) -> None:
    found = run_autograder(autograder)
    assert found["score"] == 0
    assert "could not be graded: " in found["output"] and "has no loans/" in found["output"]
