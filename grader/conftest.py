"""`pytest grader`: its options. What they do is in `collecting.py`, `plugin.py` and `reporting.py`.

Apart, since pytest may have to be started again before anything else happens; see `safe_arguments`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if safe := safe_arguments(sys.argv[1:]):
        start_again(safe, pluginmanager)
    add_options(parser)
    if str(CHECKOUT) not in sys.path:
        sys.path.insert(0, str(CHECKOUT))
    for part in ("collecting", "plugin", "reporting"):
        pluginmanager.import_plugin(f"grader.{part}")


def add_options(parser: pytest.Parser) -> None:
    """The options that pytest does not have."""
    group = parser.getgroup("grading")
    group.addoption(
        "--submission",
        metavar="PATH",
        help="what to grade: a folder, .zip, .tar.gz or git bundle (default: this checkout)",
    )
    group.addoption(
        "--task",
        action="append",
        metavar="TASK",
        type=str.lower,
        help="grade only this task, a to e; may be given several times",
    )
    group.addoption("--score-json", metavar="FILE", help="write the scorecard to FILE")
    group.addoption(
        "--replay",
        metavar="ID",
        help="run one order of a race once more and show it; a failed check gives its ID",
    )
    group.addoption(
        "--jobs",
        metavar="N",
        type=int,
        help="how many checks run at once (default: one more than there are processors, at most 3)",
    )
    group.addoption(
        "--isolation",
        choices=("best", "strict", "user", "process"),
        default="best",
        help="best: the strongest that this machine offers (default); strict: bubblewrap or nothing; "
        "user, process: less, on purpose",
    )
    group.addoption(
        "--limit",
        action="append",
        metavar="NAME=NUMBER",
        help="what a submission may use: call, start, run, cpu (seconds), memory, disk, output, database "
        "(MiB), processes, files; may be given several times",
    )
    group.addoption(
        "--install-requirements",
        action="store_true",
        help="install what the submission's requirements.txt asks for beside the kit's own, from wheels only",
    )


def safe_arguments(arguments: list[str]) -> list[str]:
    """The same arguments with `--submission PATH` as one word, or nothing where that is so already.

    As two words pytest, which does not know the option yet, takes PATH for a test folder: it would read
    the submission's pytest.ini and import its conftest.py into this process.
    """
    changed = list(arguments)
    for place, word in enumerate(changed[:-1]):
        if word == "--submission":
            changed[place : place + 2] = [f"--submission={changed[place + 1]}"]
            return changed
    return []


def start_again(arguments: list[str], pluginmanager: pytest.PytestPluginManager) -> None:
    """Run another pytest with these arguments in this one's place, before the submission is read."""
    if Path(sys.argv[0]).name not in ("pytest", "py.test", "__main__.py"):
        return  # called from a program, whose arguments are not pytest's
    capture = pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.stop_global_capturing()
    ini = Path(__file__).with_name("pytest.ini")
    sys.argv[1:] = arguments
    try:
        code = pytest.main(["-c", str(ini), f"--rootdir={ini.parent}", *arguments])
    finally:
        if capture is not None:
            capture.start_global_capturing()  # as the pytest that ends here expects it
    raise SystemExit(code)
