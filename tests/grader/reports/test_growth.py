"""The figures that the plots compare with are those of the buggy app and the reference as they are now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.cohort import growth


def test_the_file_is_what_the_command_measures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "growth.json"
    assert growth.main(file) == 0
    assert json.loads(file.read_text()) == json.loads(growth.FILE.read_text())
    assert "a.more-loans-cost-no-more-queries {'the buggy app'" in capsys.readouterr().out
