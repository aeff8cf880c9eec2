"""Grades the same submissions again and again, and says whether every scorecard is the same.

    python -m tests.repeat [TIMES] [--busy] [TASK/KIND/SLUG …]

`--busy` keeps every processor at work meanwhile, with processes that want it as much as the grader does.
What may differ is left out: times of day, and what the storm saw. Without names the buggy app and the
reference are graded.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.prove import CHECKOUT, Case, cases, lay_over

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(\+\d\d:?\d\d|Z)?")


def scorecard(tree: Path, tasks: list[str], score: Path) -> str:
    """A submission's scorecard without its times of day and what the storm saw."""
    chosen = [f"--task={task}" for task in tasks]
    subprocess.run(
        [sys.executable, "-m", "pytest", "grader", f"--submission={tree}", f"--score-json={score}", *chosen],
        cwd=CHECKOUT,
        capture_output=True,
        check=False,
    )
    card = json.loads(score.read_text())
    del card["observations"]
    return MOMENT.sub("(a time)", json.dumps(card))


def spin() -> None:
    while True:
        pass


def differences(one: str, other: str) -> list[str]:
    """The ids of the checks that two scorecards report differently, and the first words that differ."""
    cards = [json.loads(text)["tasks"] for text in (one, other)]
    checks = [{c["id"]: c for task in card.values() for c in task["checks"]} for card in cards]
    return [
        f"{name} ({first_difference(*(json.dumps(side.get(name)) for side in checks))})"
        for name in checks[0]
        if checks[0][name] != checks[1].get(name)
    ]


def first_difference(one: str, other: str) -> str:
    """Where two texts part, with what is around it."""
    place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return " | ".join(text[max(0, place - 100) : place + 60] for text in (one, other))


def repeat(case: Case, times: int) -> bool:
    """Grade one case again and again; whether all scorecards were the same."""
    with tempfile.TemporaryDirectory(prefix="repeat-") as scratch:
        tree = case.tree or lay_over(case.overlay, Path(scratch) / "tree")
        seen = Counter(
            scorecard(tree, list(case.verdicts), Path(scratch) / "score.json") for _ in range(times)
        )
    ways = [text for text, _ in seen.most_common()]
    differing = sorted({name for other in ways[1:] for name in differences(ways[0], other)})
    same = len(ways) == 1
    print(
        f"{'ok  ' if same else 'FAIL'} {case.name}: {times} runs, "
        f"{len(ways)} scorecard{'' if same else 's; different: ' + ', '.join(differing)}",
        flush=True,
    )
    return same


def main(arguments: list[str]) -> int:
    times = next((int(word) for word in arguments if word.isdigit()), 10)
    names = [word for word in arguments if not word.isdigit() and word != "--busy"]
    wanted = [c for c in cases() if any(n in c.name for n in names or ["the buggy app", "reference"])]
    neighbours = []
    if "--busy" in arguments:
        neighbours = [multiprocessing.Process(target=spin, daemon=True) for _ in range(os.cpu_count() or 1)]
    for neighbour in neighbours:
        neighbour.start()
    results = [repeat(case, times) for case in wanted]
    for neighbour in neighbours:
        neighbour.kill()
    return int(not all(results) or not results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
