"""The layers of isolation: which is chosen, and that each grades the same."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.workers import sandbox, seccomp
from tests.grader.test_command import CHECKOUT, grade, scorecard


@pytest.fixture
def without_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "bubblewrap", lambda: None)


def test_strict_takes_nothing_less(without_bubblewrap: None) -> None:
    with pytest.raises(GraderError, match="no bubblewrap works here; install it"):
        sandbox.choose("strict")


def test_without_bubblewrap_root_becomes_others(
    without_bubblewrap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_can_switch", lambda: True)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert sandbox.choose("best") == "user"
    monkeypatch.setattr(sandbox, "_can_switch", lambda: False)
    assert sandbox.choose("best") == "process"
    with pytest.raises(GraderError, match="other users can't run this Python"):
        sandbox.choose("user")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert sandbox.choose("best") == "process"
    with pytest.raises(GraderError, match="only root"):
        sandbox.choose("user")


def layers() -> list[str]:
    return ["process", *(["user"] if os.geteuid() == 0 and sandbox._can_switch() else [])]


@pytest.mark.parametrize("layer", layers())
def test_a_right_fix_is_right_in_every_layer(tmp_path: Path, layer: str) -> None:
    (tmp_path / "jane").symlink_to(CHECKOUT / "solutions" / "reference")
    code, card, _ = scorecard(tmp_path / "jane", "--task", "c", f"--isolation={layer}")
    assert code == 0
    assert card["integrity"] == {"ok": True, "findings": [], "isolation": layer}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--limit", "sleep=3"], "there is no limit 'sleep'; there are call, start"),
        (["--limit", "call=0"], "call must be a number above 0, as in call=20"),
        (["--isolation", "none"], "invalid choice: 'none'"),
    ],
)
def test_a_wrong_option_gets_one_line(arguments: list[str], line: str) -> None:
    done = grade(*arguments)
    assert done.returncode == 4
    assert line in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_filter_of_system_calls_ends_in_an_answer_and_jumps_inside(machine: str) -> None:
    lines = list(struct.iter_unpack("=HBBI", seccomp.program(machine)))
    assert lines[-1] == (seccomp.RETURN, 0, 0, seccomp.ALLOW)
    for place, (code, if_true, if_false, _) in enumerate(lines):
        if code not in (seccomp.RETURN, seccomp.LOAD):
            assert place + 1 + max(if_true, if_false) < len(lines)


def test_an_unknown_machine_has_no_filter() -> None:
    assert seccomp.program("toaster") == b""
