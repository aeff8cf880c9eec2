"""The app of this repository is the healthy one with every classic bug in it, byte for byte."""

from pathlib import Path

from challenges.injection import app
from challenges.injection.making import healthy_app, tasks

CHECKOUT = Path(__file__).resolve().parents[2]


def test_the_baseline_is_what_injecting_every_classic_bug_gives() -> None:
    made = {path: code.decode() for path, code in app(dict.fromkeys(tasks(), "classic")).items()}
    here = healthy_app(CHECKOUT)
    assert sorted(made) == sorted(here)
    for path in here:
        assert made[path] == here[path], f"{path} differs: python -m challenges generate writes it anew"
