"""A scorecard says by what it was made."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import versions


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    yield
    for cached in (versions.versions, versions.fingerprint):
        cached.cache_clear()


def test_versions_name_python_the_packages_and_the_grader() -> None:
    versions.versions.cache_clear()
    found = versions.versions()
    assert {"Python", "Django", "psycopg", "grader"} <= found.keys()
    assert all(found.values())


def test_a_package_that_is_not_there_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    versions.versions.cache_clear()
    assert versions.versions()["nplusone"] == "not installed"


def test_the_fingerprint_is_of_the_rules_and_not_of_the_views(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(versions, "HERE", tmp_path)
    monkeypatch.setattr(versions, "CHECKOUT", tmp_path / "elsewhere")

    def mark() -> str:
        versions.fingerprint.cache_clear()
        return versions.fingerprint()

    (tmp_path / "reports").mkdir()
    (tmp_path / "checks.py").write_text("1")
    first = mark()
    (tmp_path / "reports" / "view.py").write_text("1")
    assert mark() == first
    (tmp_path / "checks.py").write_text("2")
    assert mark() != first
